"""What PostgreSQL derives from the JSON of a message, in narrow columns beside it: what the console's figures are counted by.

Stored columns follow whatever happens to their row (a settled turn, an erased trace) by themselves, and an index can hold them,
so that a year is counted without opening the rows, which are ten times as wide. None of these expressions may fail, whatever the
JSON is, or a turn would be lost for the sake of a chart.

Spelt as PostgreSQL spells them back (``any (array[…])``, ``else null``), by which Alembic knows them again.
"""

from typing import Final

SCRIPT: Final = "coalesce(trace #>> '{scripts,0,id}', '')"
"""What was said first; empty: nothing."""
MOOD: Final = (
    "case when trace ->> 'route' = 'opt_out' then 3 when trace ->> 'intent' = any (array['thank', 'affirm', 'praise']) then 1 "
    "when trace ->> 'intent' = 'complain' and (trace ->> 'route' = 'complain' "
    "or jsonb_typeof(trace -> 'confidence') = 'number' and trace -> 'confidence' >= '0.6') then 2 else null end"
)
"""1 pleased, 2 a complaint, 3 opting out. A complaint that a guide hears takes no route of its own: there the intent must be as
sure as the route asks it to be."""
CODE: Final = (
    "case when author <> 'bot' or trace is null then 0 "
    "when jsonb_exists_any(trace, array['joined', 'errands']) then hashtextextended("
    "jsonb_path_query_array(trace, '$.**.script')::text || jsonb_path_query_array(trace, '$.**.entry.id')::text, 1) "
    "else hashtextextended(coalesce((trace -> 'script')::text, '') || coalesce(trace #>> '{entry,id}', '') "
    "|| coalesce(trace ->> 'private', ''), 0) end"
)
"""The same for messages that were made of the same script and entry (``bot.effect.sources``); 0: of none."""
BREATH: Final = "hashtextextended(body -> 'answers' ->> 0, 0)"
"""The same for messages of one turn."""
