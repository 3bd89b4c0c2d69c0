"""The calls about groups as ``/api/openapi.json`` describes them."""

from collections.abc import Mapping

from bot.front import console_groups
from bot.front.openapi_call import STAFF, Call

GROUPS: Mapping[tuple[str, str], Call] = {
    ("GET", "/api/console/groups"): Call(
        "Groups and how they do, seven days of each", {200: "{days, groups, more}"}, query=("skip",), security=STAFF
    ),
    ("GET", "/api/console/groups/{conversation}"): Call(
        "One group: figures, series by day and hour, settings with their version",
        {200: "the group", 404: "none that the caller may see"},
        query=("days",),
        security=STAFF,
    ),
    ("POST", "/api/console/groups/{conversation}"): Call(
        "Set the guide and the ways of a group; null takes a setting away; leads and admins",
        {200: "{version}", 400: "no such guide", 404: "none that the caller may see", 409: "changed since it was read"},
        console_groups.GroupSettings,
        security=STAFF,
    ),
    ("GET", "/api/console/groups/{conversation}/export"): Call(
        "The days of a group", {200: "CSV", 404: "none that the caller may see"}, query=("days",), security=STAFF, form="text/csv"
    ),
}
