"""Group orders on a real database: what is read becomes rows once, whoever reads it, and however it comes to stop."""

import asyncio
from datetime import timedelta

import pytest
from facts_rig import accept, an_arrival, finish, rows
from orders_rig import BOSS, MENU, TALK, Evening
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import campaigns, campaigns_desk, outgoing
from bot.errors import BadRequestError
from bot.ordering.following import brought_up


@pytest.fixture
async def evening(engine: AsyncEngine) -> Evening:
    found = Evening(engine)
    await found.opens()
    return found


class TestReading:
    """What a group writes."""

    async def test_what_people_order_becomes_their_lines_by_their_ids(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤")
        await evening.says("u2", "牛奶两箱，再来1斤苹果")
        await evening.says("u3", "苹果甜吗")
        await evening.follow()
        assert await evening.held() == "u1 apple 3; u2 milk 2; u2 apple 1"
        assert [one.name for one in await evening.lines()] == ["王姐", "李叔", "李叔"]

    async def test_what_was_said_before_the_campaign_began_does_not_count(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.says("u1", "苹果9斤")
        await evening.opens()
        await evening.says("u1", "苹果1斤")
        await evening.follow()
        assert await evening.held() == "u1 apple 1"

    async def test_a_list_names_members_and_strangers(self, evening: Evening) -> None:
        await evening.says("u2", "在的")
        await evening.says("u1", "#接龙\n水果团\n1. 王姐 苹果2斤\n2. 李叔 牛奶1箱\n3. 陈奶奶 苹果5斤")
        await evening.follow()
        assert await evening.held() == "u1 apple 2; u2 milk 1; name:陈奶奶 apple 5"

    async def test_whoever_was_written_into_a_list_first_and_speaks_later_is_one_person(self, evening: Evening) -> None:
        await evening.says("u1", "#接龙\n水果团\n1. 王姐 苹果2斤\n2. 李叔 牛奶1箱")
        await evening.follow()
        assert "name:李叔 milk 1" in await evening.held()
        await evening.says("u2", "再加一箱")
        await evening.follow()
        assert await evening.held() == "u1 apple 2; u2 milk 2"

    async def test_a_new_nickname_makes_no_second_person(self, evening: Evening) -> None:
        await evening.says("u2", "牛奶1箱")
        await evening.follow()
        evening.names["u2"] = "李大爷"
        await evening.says("u2", "好的")
        await evening.says("u1", "#接龙\n1. 李大爷 牛奶2箱\n2. 王姐 苹果1斤")
        for process in (evening, evening.another()):
            await process.follow()
            assert await evening.held() == "u2 milk 2; u1 apple 1"
        assert (await evening.lines())[0].name == "李大爷"

    async def test_two_members_of_one_name_keep_their_own_lines(self, evening: Evening) -> None:
        evening.names |= {"u1": "小王", "u2": "小王"}
        await evening.says("u1", "苹果1斤")
        await evening.says("u2", "苹果2斤")
        await evening.follow()
        assert await evening.held() == "u1 apple 1; u2 apple 2"

    async def test_a_quoted_message_is_what_is_joined(self, evening: Evening) -> None:
        first = await evening.says("u1", "苹果3斤")
        await evening.says("u2", "牛奶1箱")
        await evening.says("u3", "+1", payload={"reply_to": first, "quote": "苹果3斤"})
        await evening.follow()
        assert await evening.held() == "u1 apple 3; u2 milk 1; u3 apple 1"

    async def test_a_message_from_before_the_campaign_is_joined_by_its_words(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        old = await evening.says("u4", "牛奶真好喝")
        await evening.opens()
        await evening.says("u3", "来一箱", payload={"reply_to": old, "quote": "牛奶真好喝"})
        await evening.follow()
        assert await evening.held() == "u3 milk 1"

    async def test_guides_offer_and_do_not_order(self, evening: Evening) -> None:
        await evening.says("wangjie", "鲜牛奶到货，要的扣1", role="guide")
        await evening.says("u1", "1")
        await evening.follow()
        assert await evening.held() == "u1 milk 1"

    async def test_another_talk_is_not_read(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤")
        await accept(evening.engine, an_arrival("other", "苹果9斤", "another group", sender="u1", room="另一个群", called="王姐"))
        await evening.follow()
        assert await evening.held() == "u1 apple 3"

    async def test_streamed_and_read_whole_it_is_the_same(self, evening: Evening) -> None:
        said = [
            ("u1", "苹果3斤"), ("u2", "+1"), ("u3", "来点牛奶"), ("u1", "再来1斤"), ("u3", "两箱"), ("u4", "同上"), ("u2", "苹果不要了"),
            ("u2", "#接龙\n1. 王姐 牛奶1箱\n2. 李叔 水饺三袋"),
        ]  # fmt: skip
        for who, words in said:
            await evening.says(who, words)
            await evening.follow()
        streamed, asked = await evening.held(), [one.question for one in await evening.doubts()]
        await evening.sql("delete from order_lines")
        await evening.sql("delete from order_doubts")
        await evening.sql("update campaigns set terms = terms - 'followed' - 'called'")
        await evening.another().follow()
        assert (await evening.held(), [one.question for one in await evening.doubts()]) == (streamed, asked)


class TestTakenBack:
    """Recalled words, and a guide's corrections."""

    async def test_a_recalled_message_is_taken_out(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤")
        again = await evening.says("u1", "再来2斤")
        await evening.follow()
        assert await evening.held() == "u1 apple 5"
        await evening.recalls(again)
        await evening.follow()
        assert await evening.held() == "u1 apple 3"

    async def test_a_recall_is_seen_by_the_keeper_alone_too(self, evening: Evening) -> None:
        first = await evening.says("u1", "苹果3斤")
        await evening.follow()
        await evening.recalls(first)
        await evening.another().keep()
        assert await evening.held() == ""

    async def test_what_is_added_after_a_guides_edit_goes_on_top_of_it(self, evening: Evening) -> None:
        await evening.says("u1", "牛奶1箱")
        await evening.follow()
        await evening.edits("u1", "milk", 2)
        await evening.says("u1", "再加一箱")
        for process in (evening, evening.another()):
            await process.follow()
            assert await evening.held() == "u1 milk 3"

    async def test_an_edit_stands_where_it_was_made_also_when_all_is_read_anew(self, evening: Evening) -> None:
        await evening.says("u1", "牛奶1箱")
        await evening.edits("u1", "milk", 4, "要冰的")
        await evening.says("u1", "改成2箱")
        await evening.follow()
        assert await evening.held() == "u1 milk 2"

    async def test_somebody_who_never_wrote_is_added_by_name(self, evening: Evening) -> None:
        await evening.edits("name:刘奶奶", "apple", 1.5, "送上门")
        await evening.follow()
        (line,) = await evening.lines()
        assert (line.sender, line.name, line.note, str(line.n)) == ("name:刘奶奶", "刘奶奶", "送上门", "1.5")
        assert line.sources == ("edit:1",)

    async def test_zero_takes_a_line_out_and_clears_what_was_asked_about_it(self, evening: Evening) -> None:
        await evening.says("u1", "来点苹果")
        await evening.follow()
        assert len(await evening.doubts()) == 1
        await evening.edits("u1", "apple", 0)
        await evening.follow()
        assert (await evening.held(), await evening.doubts()) == ("", [])

    async def test_a_guide_who_saw_an_older_line_is_told_so(self, evening: Evening) -> None:
        await evening.says("u1", "牛奶1箱")
        await evening.follow()
        version = (await evening.row())["version"]
        await evening.says("u2", "苹果1斤")
        await evening.follow()
        with pytest.raises(campaigns_desk.ChangedError):
            await evening.edits("u1", "milk", 5, version=version)
        with pytest.raises(campaigns_desk.ChangedError) as told:
            await evening.edits("u1", "milk", 5, version=version, was=2)
        assert told.value.now["n"] == 1
        await evening.edits("u1", "milk", 5, version=version, was=1)
        await evening.follow()
        assert "u1 milk 5" in await evening.held()


class TestTwoAtOnce:
    """Processes that follow the same group."""

    async def test_of_many_at_once_one_writes_and_the_others_find_nothing_left(self, evening: Evening) -> None:
        for number in range(12):
            await evening.says(f"u{number % 4 + 1}", "再来1斤苹果")
        version = (await evening.row())["version"]
        processes = [evening.another() for _ in range(6)]
        await asyncio.gather(*(one.follow() for one in processes))
        assert await evening.held() == "u1 apple 3; u2 apple 3; u3 apple 3; u4 apple 3"
        assert (await evening.row())["version"] == version + 1

    async def test_processes_that_take_turns_come_to_the_same(self, evening: Evening) -> None:
        one, other = evening, evening.another()
        for number in range(10):
            await evening.says("u1", "再来1斤苹果")
            await (one, other)[number % 2].follow()
        assert await evening.held() == "u1 apple 10"

    async def test_what_was_committed_and_never_followed_is_found_by_the_keeper(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤")
        await evening.another().keep()
        assert await evening.held() == "u1 apple 3"

    async def test_a_transaction_that_fails_leaves_nothing_and_is_made_good(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤")
        with pytest.raises(RuntimeError, match="the process dies"):
            async with evening.engine.begin() as connection:
                found = await campaigns.locked(connection, evening.id)
                assert found is not None
                await brought_up(connection, evening.ledgers, found, evening.now)
                raise RuntimeError("the process dies")
        assert await evening.held() == ""
        await evening.follow()
        assert await evening.held() == "u1 apple 3"

    async def test_a_followed_group_costs_no_writes_while_nobody_writes(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤")
        await evening.follow()
        before = await rows(evening.engine, "select xmin::text, version from campaigns")
        for _ in range(3):
            await evening.follow()
            await evening.another().keep()
        assert await rows(evening.engine, "select xmin::text, version from campaigns") == before


class TestStock:
    """Less is there than is ordered."""

    async def test_whoever_said_it_first_has_it(self, evening: Evening) -> None:
        for who, words in (("u1", "牛奶2箱"), ("u2", "牛奶3箱"), ("u1", "再来3箱"), ("u3", "牛奶1箱")):
            await evening.says(who, words)
        await evening.follow()
        assert await evening.held() == "u1 milk 3/5; u2 milk 3; u3 milk 0/1"
        assert [one.state for one in await evening.lines()] == ["short", "taken", "short"]

    async def test_what_somebody_gives_up_goes_to_the_next(self, evening: Evening) -> None:
        for who, words in (("u1", "牛奶5箱"), ("u2", "牛奶3箱"), ("u1", "牛奶少要两箱")):
            await evening.says(who, words)
        await evening.follow()
        assert await evening.held() == "u1 milk 3; u2 milk 3"

    async def test_more_stock_is_given_out_at_once(self, evening: Evening) -> None:
        await evening.says("u1", "牛奶9箱")
        await evening.follow()
        assert await evening.held() == "u1 milk 6/9"
        menu = [{**row, "stock": "20"} if row["sku"] == "milk" else row for row in (await evening.row())["menu"]]
        await campaigns_desk.change(evening.engine, BOSS, evening.id, {"menu": menu}, None, evening.now)
        await evening.keep()
        assert await evening.held() == "u1 milk 9"


class TestEnd:
    """The deadline."""

    async def test_what_is_written_after_it_does_not_count_and_its_sender_is_told_once(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(minutes=10)
        await evening.says("u1", "苹果3斤")
        await evening.keep(minutes=11)
        await evening.says("u2", "牛奶1箱")
        await evening.says("u3", "哈哈哈")
        await evening.says("u1", "苹果改成9斤")
        for _ in range(3):
            await evening.follow()
            await evening.keep(seconds=5)
        await evening.says("u2", "那苹果1斤")
        await evening.keep(seconds=5)
        assert await evening.held() == "u1 apple 3"
        (late,) = await evening.told("order_late")
        assert set(late.split()[:2]) == {"@李叔", "@王姐"}
        assert "没有记上" in late

    async def test_a_message_that_was_sent_in_time_and_came_late_counts(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(minutes=10)
        sent = evening.now + timedelta(minutes=9)
        await evening.keep(minutes=9)
        evening.now += timedelta(minutes=3)
        await evening.says("u1", "苹果3斤", sent_at=sent)
        await evening.follow()
        assert await evening.held() == "u1 apple 3"

    async def test_who_opens_again_makes_what_came_late_count(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(minutes=10)
        await evening.keep(minutes=11)
        await evening.says("u2", "牛奶1箱")
        await evening.keep(seconds=5)
        await campaigns_desk.change(engine, BOSS, evening.id, {"state": "open", "deadline": None}, None, evening.now)
        await evening.keep(seconds=5)
        assert await evening.held() == "u2 milk 1"

    async def test_a_guide_edits_after_the_end(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(minutes=10)
        await evening.says("u1", "苹果3斤")
        await evening.keep(minutes=11)
        await evening.says("u1", "苹果改成9斤")
        await evening.follow()
        await evening.edits("u1", "apple", 4)
        await evening.follow()
        assert await evening.held() == "u1 apple 4"

    async def test_a_group_has_one_open_campaign(self, evening: Evening) -> None:
        with pytest.raises(BadRequestError, match="已经有一个接龙") as told:
            await evening.opens(MENU)
        assert told.value.status == 409
        assert len(await campaigns_desk.listed(evening.engine, BOSS, TALK)) == 1


class TestSpeaking:
    """At a pace that the group can bear."""

    async def test_orders_are_gathered_and_confirmed_together(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤，少饭")
        await evening.keep(seconds=5)
        await evening.says("u2", "牛奶2箱")
        await evening.keep(minutes=2)
        assert await evening.told() == []
        assert await evening.keep(minutes=1) == {TALK}
        (told,) = await evening.told()
        assert "王姐：红富士苹果3斤" in told
        assert "李叔：鲜牛奶2箱" in told
        assert "红富士苹果3斤、鲜牛奶2箱，共158.4元" in told
        (speech,) = await evening.speeches()
        assert not speech.get("pushed")
        assert not speech.get("mentions")

    async def test_a_second_confirmation_tells_only_what_is_new_and_keeps_the_pace(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤")
        await evening.keep(minutes=3)
        await evening.keep(minutes=3)
        await evening.says("u2", "牛奶2箱")
        await evening.says("u1", "苹果改成5斤")
        await evening.keep(minutes=1)
        assert len(await evening.told()) == 1
        await evening.keep(minutes=3)
        told = (await evening.told())[-1]
        assert "红富士苹果改成5斤" in told
        assert "鲜牛奶2箱" in told
        await evening.keep(minutes=30)
        assert len(await evening.told()) == 2

    async def test_many_new_lines_are_confirmed_before_their_time(self, evening: Evening) -> None:
        for number in range(10):
            evening.names[f"v{number}"] = f"邻居{'甲乙丙丁戊己庚辛壬癸'[number]}"
            await evening.says(f"v{number}", "苹果1斤")
        await evening.keep(seconds=1)
        (told,) = await evening.told()
        assert told.count("红富士苹果1斤") == 10

    async def test_what_is_given_up_is_told_and_then_forgotten(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤")
        await evening.keep(seconds=1)
        await evening.keep(minutes=3)
        await evening.says("u1", "苹果不要了")
        await evening.keep(seconds=1)
        await evening.keep(minutes=4)
        assert "红富士苹果不要了" in (await evening.told())[-1]
        assert await evening.lines() == []

    async def test_what_there_is_too_little_of_is_said(self, evening: Evening) -> None:
        await evening.says("u1", "牛奶5箱")
        await evening.says("u2", "牛奶3箱")
        await evening.says("u3", "牛奶1箱")
        await evening.keep(seconds=1)
        await evening.keep(minutes=3)
        (told,) = await evening.told()
        assert "李叔：鲜牛奶要3箱，只剩1箱，先记1箱" in told
        assert "赵敏：鲜牛奶已经没有了，1箱没记上" in told
        assert "鲜牛奶6箱，共396元" in told

    async def test_all_open_questions_go_into_one_message_and_are_asked_once(self, evening: Evening) -> None:
        await evening.says("u1", "水饺三袋")
        await evening.says("u2", "来点苹果")
        await evening.keep(seconds=1)
        for _ in range(5):
            await evening.keep(minutes=3)
        (told,) = await evening.told()
        (speech,) = await evening.speeches()
        assert told.startswith("@王姐 @李叔 ")
        assert [one["id"] for one in speech["mentions"]] == ["u1", "u2"]
        assert "王姐：「水饺三袋」您要的是猪肉白菜水饺还是韭菜鸡蛋水饺？" in told

    async def test_whoever_wants_no_at_is_named_without_it(self, evening: Evening) -> None:
        await evening.says("u1", "水饺三袋")
        await evening.says("u2", "来点苹果")
        await evening.sql("update customers set hushed_at = now() where external = 'u1'")
        await evening.keep(seconds=1)
        await evening.keep(minutes=3)
        (speech,) = await evening.speeches()
        assert speech["text"].startswith("@李叔 ")
        assert "@王姐" not in speech["text"]
        assert "王姐：" in speech["text"]

    async def test_what_the_asker_makes_clear_in_time_is_not_asked(self, evening: Evening) -> None:
        await evening.says("u1", "水饺三袋")
        await evening.keep(minutes=1)
        await evening.says("u1", "韭菜的")
        await evening.keep(minutes=4)
        assert await evening.told("order_asks") == []
        assert await evening.held() == "u1 leek 3"

    async def test_a_guide_who_settles_a_question_spares_the_group_of_it(self, evening: Evening) -> None:
        await evening.says("u1", "水饺三袋")
        await evening.follow()
        (doubt,) = await evening.doubts()
        assert await campaigns_desk.settle(evening.engine, BOSS, evening.id, doubt.id, evening.now)
        assert not await campaigns_desk.settle(evening.engine, BOSS, evening.id, doubt.id, evening.now)
        await evening.says("u2", "你好")
        await evening.keep(minutes=4)
        assert await evening.told() == []
        assert await evening.doubts() == []

    async def test_the_reminder_tells_what_is_missing_and_asks_once_more(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(minutes=120, minimum_amount=100)
        await evening.says("u1", "苹果5斤，水饺三袋")
        await evening.keep(minutes=1)
        await evening.keep(minutes=4)
        assert len(await evening.told("order_asks")) == 1
        await evening.keep(minutes=90)
        for _ in range(3):
            await evening.keep(minutes=5)
        (told,) = await evening.told("order_reminder")
        assert "还差56元成团" in told
        assert told.startswith("@王姐 ")
        assert "水饺三袋" in told
        pushed = [one for one in await evening.speeches() if one.get("pushed")]
        assert [one["trace"]["script"]["id"] for one in pushed] == ["order_reminder"]
        assert len(await evening.told("order_asks")) == 1

    async def test_a_short_campaign_is_reminded_in_its_second_half(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(minutes=20)
        await evening.keep(minutes=5)
        assert await evening.told() == []
        await evening.keep(minutes=6)
        assert len(await evening.told("order_reminder")) == 1

    async def test_at_the_end_the_whole_list_is_told_once_and_the_campaign_is_closed(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(minutes=60, minimum_n=5)
        await evening.says("u1", "苹果5斤，牛奶1箱")
        await evening.says("u2", "牛奶2箱")
        await evening.keep(minutes=61)
        for _ in range(3):
            await asyncio.gather(*(evening.another().keep() for _ in range(3)))
        (told,) = await evening.told("order_closed")
        assert "1. 王姐 红富士苹果5斤、鲜牛奶1箱\n2. 李叔 鲜牛奶2箱" in told
        assert "已经成团" in told
        row = await evening.row()
        assert (row["state"], row["closed_at"]) == ("closed", evening.now)
        assert (await evening.speeches())[-1]["pushed"]

    async def test_a_long_list_goes_into_several_messages_and_loses_nobody(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(minutes=10)
        text = "#接龙\n" + "\n".join(f"{n}. 邻居{chr(0x4E00 + 40 * n)}家 苹果{n}斤" for n in range(1, 61))
        await evening.says("u1", text)
        await evening.keep(minutes=11)
        told = await evening.told()
        rows_ = [line for one in told for line in one.splitlines() if line[:1].isdigit()]
        assert [int(line.split(".")[0]) for line in rows_] == list(range(1, 61))
        assert all(len(one.encode()) <= 2048 for one in told)

    async def test_nobody_ordered_is_said_too(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(minutes=10)
        await evening.keep(minutes=11)
        await evening.keep(minutes=1)
        assert len(await evening.told("order_closed_empty")) == 1

    async def test_a_guide_who_closes_has_the_list_told(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤")
        await evening.keep(seconds=1)
        await campaigns_desk.change(evening.engine, BOSS, evening.id, {"state": "closed"}, None, evening.now)
        await evening.keep(seconds=1)
        await evening.keep(seconds=1)
        assert len(await evening.told("order_closed")) == 1

    async def test_a_cancelled_campaign_says_nothing_more(self, evening: Evening) -> None:
        await evening.says("u1", "苹果3斤")
        await campaigns_desk.change(evening.engine, BOSS, evening.id, {"state": "cancelled"}, None, evening.now)
        await evening.keep(minutes=5)
        assert await evening.told() == []

    async def test_while_a_person_has_the_talk_nothing_is_said_and_nothing_is_lost(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(minutes=10)
        await evening.says("u1", "苹果3斤")
        await evening.sql("update conversations set owner = 'human', epoch = epoch + 1")
        await evening.keep(minutes=5)
        await evening.keep(minutes=6)
        assert await evening.told() == []
        assert (await evening.row())["state"] == "closed"
        await evening.sql("update conversations set owner = 'bot', epoch = epoch + 1")
        await evening.keep(minutes=1)
        assert len(await evening.told("order_closed")) == 1

    async def test_an_announced_campaign_tells_its_menu_once_and_plus_one_joins_it(self, engine: AsyncEngine) -> None:
        evening = Evening(engine)
        await evening.opens(MENU[:1], minutes=600, announce=True)
        await evening.keep(seconds=1)
        await evening.keep(seconds=1)
        (told,) = await evening.told("order_opened")
        assert "红富士苹果 8.8元/斤" in told
        message = (await outgoing.take(engine, [TALK], evening.now))[0].outgoing
        assert message is not None
        await finish(engine, message, at=evening.now)
        await evening.says("u1", "+1")
        await evening.follow()
        assert await evening.held() == "u1 apple 1"
