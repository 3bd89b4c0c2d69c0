"""DingTalk (钉钉): the robot of an internal application, in groups where it is called and in talks of two."""
