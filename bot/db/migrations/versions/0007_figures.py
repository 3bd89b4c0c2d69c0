"""figures: what the console's pages count stands in narrow columns beside the traces, and in indexes that hold all they read"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


SCRIPT = "coalesce(trace #>> '{scripts,0,id}', '')"

MOOD = (
    "case when trace ->> 'route' = 'opt_out' then 3 when trace ->> 'intent' = any (array['thank', 'affirm', 'praise']) then 1 "
    "when trace ->> 'intent' = 'complain' and (trace ->> 'route' = 'complain' "
    "or jsonb_typeof(trace -> 'confidence') = 'number' and trace -> 'confidence' >= '0.6') then 2 else null end"
)

CODE = (
    "case when author <> 'bot' or trace is null then 0 "
    "when jsonb_exists_any(trace, array['joined', 'errands']) then hashtextextended("
    "jsonb_path_query_array(trace, '$.**.script')::text || jsonb_path_query_array(trace, '$.**.entry.id')::text, 1) "
    "else hashtextextended(coalesce((trace -> 'script')::text, '') || coalesce(trace #>> '{entry,id}', '') "
    "|| coalesce(trace ->> 'private', ''), 0) end"
)

BREATH = "hashtextextended(body -> 'answers' ->> 0, 0)"

CARDS = "author = 'bot' and jsonb_typeof(body -> 'cards') = 'array'"

RECEIVED = "trace ->> 'intent' in ('thank', 'affirm', 'praise', 'complain') or trace ->> 'route' = 'opt_out'"


def upgrade() -> None:
    op.drop_index('ix_inbox_received', table_name='inbox')
    op.drop_index('ix_messages_at', table_name='messages')
    # one rewriting of each table, not one for each column
    op.execute(
        f"alter table inbox add column script text generated always as ({SCRIPT}) stored not null, "
        f"add column mood smallint generated always as ({MOOD}) stored"
    )
    op.execute(
        f"alter table messages add column code bigint generated always as ({CODE}) stored not null, "
        f"add column breath bigint generated always as ({BREATH}) stored"
    )
    op.create_index(
        'ix_inbox_settled', 'inbox', ['received_at'], postgresql_include=['channel', 'conversation_id', 'outcome', 'script'],
        postgresql_where=sa.text("state = 'settled'"),
    )
    op.create_index(
        'ix_inbox_mood', 'inbox', ['received_at'], postgresql_include=['conversation_id', 'mood'],
        postgresql_where=sa.text('mood is not null'),
    )
    op.create_index(
        'ix_messages_told', 'messages', ['at'], postgresql_include=['id', 'conversation_id', 'author', 'code', 'breath'],
        postgresql_where=sa.text('failure is null and recalled_at is null'),
    )
    op.create_index('ix_messages_cards', 'messages', ['conversation_id', 'at'], postgresql_where=sa.text(CARDS))
    op.create_index('ix_audit_actor', 'audit', ['actor', 'id'])
    op.create_index('ix_audit_subject', 'audit', ['subject', 'id'])
    for table in ('inbox', 'messages', 'audit'):
        op.execute(f'analyze {table}')


def downgrade() -> None:
    op.drop_index('ix_audit_subject', table_name='audit')
    op.drop_index('ix_audit_actor', table_name='audit')
    for name in ('ix_messages_cards', 'ix_messages_told'):
        op.drop_index(name, table_name='messages')
    for name in ('ix_inbox_mood', 'ix_inbox_settled'):
        op.drop_index(name, table_name='inbox')
    op.execute('alter table messages drop column breath, drop column code')
    op.execute('alter table inbox drop column mood, drop column script')
    op.create_index('ix_messages_at', 'messages', ['at'], postgresql_using='brin')
    op.create_index('ix_inbox_received', 'inbox', ['received_at'], postgresql_where=sa.text(RECEIVED))
