"""content: drafts of every kind with all that was saved, replays, where a release comes from; what the effect of words is read by"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


RECEIVED = "trace ->> 'intent' in ('thank', 'affirm', 'praise', 'complain') or trace ->> 'route' = 'opt_out'"

ARMS = "trace #> '{script,arm}' is not null or jsonb_exists(trace, 'joined')"


def upgrade() -> None:
    op.create_table('replays',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('live_digest', sa.Text(), nullable=False),
    sa.Column('draft_digest', sa.Text(), nullable=False),
    sa.Column('drafts', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('progress', sa.Integer(), server_default='0', nullable=False),
    sa.Column('total', sa.Integer(), server_default='0', nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('report', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('error', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_replays'))
    )
    op.create_index('ix_replays_digests', 'replays', ['live_digest', 'draft_digest', 'id'], unique=False)
    op.create_table('content_drafts',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('item', sa.Text(), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('base', sa.Text(), server_default='', nullable=False),
    sa.Column('version', sa.Integer(), server_default='0', nullable=False),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('scope', sa.Text(), server_default='', nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_by', sa.Text(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('release_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['release_id'], ['releases.id'], name=op.f('fk_content_drafts_release_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_content_drafts'))
    )
    op.create_index('ix_content_drafts_item', 'content_drafts', ['kind', 'item', 'id'], unique=False)
    op.create_index('ix_content_drafts_open', 'content_drafts', ['kind', 'item'], unique=True, postgresql_where=sa.text("state in ('draft', 'proposed', 'approved')"))
    op.create_table('content_draft_saves',
    sa.Column('draft_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['content_drafts.id'], name=op.f('fk_content_draft_saves_draft_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('draft_id', 'version', name=op.f('pk_content_draft_saves'))
    )
    op.execute(
        "insert into content_drafts (kind, item, value, version, state, origin, note, author, created_at, updated_at, release_id) "
        "select 'entry', id, entry, 1, state, origin, note, author, created_at, updated_at, release_id from entry_drafts"
    )
    op.execute(
        "insert into content_draft_saves (draft_id, version, value, author, at) "
        "select id, version, value, author, coalesce(updated_at, created_at) from content_drafts"
    )
    op.drop_table('entry_drafts')
    op.add_column('content_files', sa.Column('digest', sa.Text(), sa.Computed('md5(body)', persisted=True), nullable=False))
    op.add_column('releases', sa.Column('kind', sa.Text(), server_default='import', nullable=False))
    op.add_column('releases', sa.Column('parent', sa.BigInteger(), nullable=True))
    op.add_column('releases', sa.Column('changes', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False))
    op.create_foreign_key(op.f('fk_releases_parent'), 'releases', 'releases', ['parent'], ['id'], ondelete='SET NULL')
    op.add_column('logins', sa.Column('place', sa.Text(), server_default='', nullable=False))
    op.create_index('ix_messages_at', 'messages', ['at'], postgresql_using='brin')
    op.create_index('ix_messages_arm', 'messages', ['at'], postgresql_where=sa.text(ARMS))
    op.create_index('ix_inbox_received_at', 'inbox', ['received_at'], postgresql_using='brin')
    op.create_index('ix_inbox_received', 'inbox', ['received_at'], postgresql_where=sa.text(RECEIVED))
    op.create_index('ix_handovers_created_at', 'handovers', ['created_at'])
    op.create_index('ix_customers_opted_out_at', 'customers', ['opted_out_at'], postgresql_where=sa.text('opted_out_at is not null'))


def downgrade() -> None:
    op.execute("delete from releases where kind = 'folder'")
    op.drop_index('ix_customers_opted_out_at', table_name='customers')
    op.drop_index('ix_handovers_created_at', table_name='handovers')
    op.drop_index('ix_inbox_received', table_name='inbox')
    op.drop_index('ix_inbox_received_at', table_name='inbox')
    op.drop_index('ix_messages_arm', table_name='messages')
    op.drop_index('ix_messages_at', table_name='messages')
    op.drop_constraint(op.f('fk_releases_parent'), 'releases', type_='foreignkey')
    op.drop_column('logins', 'place')
    op.drop_column('releases', 'changes')
    op.drop_column('releases', 'parent')
    op.drop_column('releases', 'kind')
    op.drop_column('content_files', 'digest')
    op.create_table('entry_drafts',
    sa.Column('id', sa.TEXT(), nullable=False),
    sa.Column('entry', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), autoincrement=False, nullable=False),
    sa.Column('origin', sa.TEXT(), autoincrement=False, nullable=False),
    sa.Column('note', sa.TEXT(), server_default=sa.text("''::text"), autoincrement=False, nullable=False),
    sa.Column('state', sa.TEXT(), server_default=sa.text("'draft'::text"), autoincrement=False, nullable=False),
    sa.Column('author', sa.TEXT(), autoincrement=False, nullable=False),
    sa.Column('created_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('now()'), autoincrement=False, nullable=False),
    sa.Column('updated_at', postgresql.TIMESTAMP(timezone=True), autoincrement=False, nullable=True),
    sa.Column('release_id', sa.BIGINT(), autoincrement=False, nullable=True),
    sa.ForeignKeyConstraint(['release_id'], ['releases.id'], name=op.f('fk_entry_drafts_release_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry_drafts'))
    )
    op.execute(
        "insert into entry_drafts (id, entry, origin, note, state, author, created_at, updated_at, release_id) "
        "select distinct on (item) item, value, origin, note, case when state in ('proposed', 'approved') then 'draft' else state end, "
        "author, created_at, updated_at, release_id from content_drafts where kind = 'entry' and value is not null order by item, id desc"
    )
    op.drop_table('content_draft_saves')
    op.drop_index('ix_content_drafts_open', table_name='content_drafts', postgresql_where=sa.text("state in ('draft', 'proposed', 'approved')"))
    op.drop_index('ix_content_drafts_item', table_name='content_drafts')
    op.drop_table('content_drafts')
    op.drop_index('ix_replays_digests', table_name='replays')
    op.drop_table('replays')
