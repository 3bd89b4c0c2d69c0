"""isolation by store, in PostgreSQL itself

The role under which people at the desk look at the tables, and what of each table it may see. The role cannot sign in: a
transaction takes it on (``bot.db.scoped``), and says who looks by settings of that transaction:

* ``daogou.actor``   the guide, or the account where it is nobody's
* ``daogou.stores``  ids of the stores whose customers they may see, one a line
* ``daogou.all``     ``on`` for whoever sees every store
* ``daogou.lead``    ``on`` for whoever may plan the others' duty

A talk is seen by the people of its store, by everybody as long as it is no store's, by whoever holds it, and by whom it is
offered to. A customer is seen by the people of their store, and by whoever sees a talk of theirs. Rows that hang on a talk
or a customer are seen with it.

Who speaks and whose a customer is changes the owner of the tables only, after the role has seen the row (``bot.db.reception``,
``bot.db.moving``): the role writes no column that says whose a row is.
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

ROLE = 'daogou_desk'
# each in a select of its own, which PostgreSQL asks once for a statement and not once for a row
ACTOR = "(select current_setting('daogou.actor', true))"
ALL = "(select current_setting('daogou.all', true) = 'on')"
OWN = f"({ALL} or store = any((select string_to_array(current_setting('daogou.stores', true), chr(10)))::text[]))"
OPEN = f'({OWN} or store is null)'
HELD = f"(owner = 'human' and guide = {ACTOR})"
OFFERED = 'id = any((select daogou_offers())::text[])'
# not "exists", which PostgreSQL may answer by reading all talks there are into a hash
TALK = '(select c.id from conversations c where c.id = conversation_id) is not null'
PERSON = '(select p.id from customers p where p.id = customer_id) is not null'
SEEN = {
    'conversations': f'{OPEN} or {HELD} or {OFFERED}',
    'customers': f'{OPEN} or (select c.id from conversations c where c.customer_id = customers.id limit 1) is not null',
    'sessions': TALK,
    'members': TALK,
    'inbox': f'conversation_id is not null and {TALK}',
    'messages': TALK,
    'outbox': TALK,
    'handovers': TALK,
    'notes': TALK,
    'customer_tags': PERSON,
    'events': PERSON,
    'tasks': f'(conversation_id is null or {TALK}) and (customer_id is null or {PERSON}) '
    f'and (conversation_id is not null or customer_id is not null or {OWN} or guide = {ACTOR})',
    'corrections': f'(conversation_id is null or {TALK}) and ({OWN} or author = {ACTOR})',
    'alerts': f'(conversation_id is null or {TALK}) and (conversation_id is not null or {OWN})',
}
"""Table → which of its rows the role sees, adds, changes and drops."""
DUTY = f"guide = {ACTOR} or {ALL} or (select current_setting('daogou.lead', true) = 'on')"
"""Everybody sees who is there; whose entry one may write. That a lead plans their own store only is the page's to check."""

SELECT = (*SEEN, 'duty')
INSERT = ('handovers', 'outbox', 'notes', 'tasks', 'customer_tags', 'corrections', 'duty', 'audit')
UPDATE = ('handovers', 'outbox', 'tasks', 'corrections', 'duty')
WHOSE = frozenset({'id', 'conversation_id', 'customer_id', 'message_id', 'msgid', 'author', 'epoch', 'key', 'created_at'})
"""Columns that nobody changes under the role."""

OFFERS = f"""
    create function daogou_offers() returns text[] language sql stable security definer set search_path = %I, pg_temp as $body$
        select coalesce(array_agg(conversation_id), '{{}}') from handovers
        where state = 'waiting' and assigned = {ACTOR}
    $body$
"""
"""The talks that are offered to whoever looks. The policy of talks cannot ask handovers itself, whose policy asks the talks.

``pg_temp`` stands last in the path of every function: a temporary table of the same name would be believed otherwise.
"""
BORN = """
    create function daogou_talk_of_store() returns trigger language plpgsql set search_path = %I, pg_temp as $body$
        begin
            if new.store is null then
                -- waits for whoever is giving this customer to a store at this moment
                select store into new.store from customers where id = new.customer_id for share;
            end if;
            return new;
        end
    $body$
"""
FOLLOW = """
    create function daogou_talks_follow() returns trigger language plpgsql set search_path = %I, pg_temp as $body$
        begin
            update conversations set store = new.store where customer_id = new.id and store is null;
            return null;
        end
    $body$
"""
"""A customer of a store has no talk that is nobody's, whoever wrote the store."""


def upgrade() -> None:
    _role()
    for function in (OFFERS, BORN, FOLLOW):
        op.execute(f'do $$ begin execute format($f${function}$f$, current_schema()); end $$')
    op.execute('revoke all on function daogou_offers() from public')
    op.execute(f'grant execute on function daogou_offers() to {ROLE}')
    op.execute(
        'create trigger talk_of_store before insert on conversations for each row execute function daogou_talk_of_store()'
    )
    op.execute(
        'create trigger talks_follow after update of store on customers for each row '
        'when (new.store is not null and new.store is distinct from old.store) execute function daogou_talks_follow()'
    )
    # talks from before the stores were kept with them
    op.execute(
        'update conversations c set store = p.store from customers p '
        'where p.id = c.customer_id and c.store is null and p.store is not null'
    )
    _grants()
    for table, seen in SEEN.items():
        _policies(table, {'select': seen, 'insert': seen, 'update': seen, 'delete': seen})
    _policies('duty', {'select': 'true', 'insert': DUTY, 'update': DUTY})


def _role() -> None:
    # roles belong to the whole server: another database of it may have made this one already, or be making it now
    op.execute(
        f'do $$ begin create role {ROLE} nologin; exception when duplicate_object or unique_violation then null; end $$'
    )
    op.execute(
        f"""
        do $$ begin
            execute format('grant {ROLE} to %I', current_user);
        exception when insufficient_privilege then
            if not pg_has_role(current_user, '{ROLE}',
                               case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) then
                raise exception '这台数据库服务器上已经有角色 {ROLE}，账号 % 还不能用它', current_user
                    using hint = format('请数据库管理员执行：GRANT {ROLE} TO %I', current_user);
            end if;
        end $$
        """
    )
    op.execute(f"do $$ begin execute format('grant usage on schema %I to {ROLE}', current_schema()); end $$")


def _grants() -> None:
    columns = sa.inspect(op.get_bind())
    op.execute(f"grant select on {', '.join(SELECT)} to {ROLE}")
    op.execute(f"grant insert on {', '.join(INSERT)} to {ROLE}")
    op.execute(f'grant delete on notes to {ROLE}')
    for table in UPDATE:
        own = [one['name'] for one in columns.get_columns(table) if one['name'] not in WHOSE]
        op.execute(f"grant update ({', '.join(own)}) on {table} to {ROLE}")
    # for locks: whoever may change nothing of a row may not hold it either
    op.execute(f'grant update (updated_at) on conversations to {ROLE}')


def _policies(table: str, seen: dict[str, str]) -> None:
    op.execute(f'alter table {table} enable row level security')
    for deed, rows in seen.items():
        using = '' if deed == 'insert' else f'using ({rows})'
        check = f'with check ({rows})' if deed in {'insert', 'update'} else ''
        op.execute(f'create policy desk_{deed} on {table} for {deed} to {ROLE} {using} {check}')


def downgrade() -> None:
    for table in SEEN:
        for deed in ('select', 'insert', 'update', 'delete'):
            op.execute(f'drop policy desk_{deed} on {table}')
        op.execute(f'alter table {table} disable row level security')
    for deed in ('select', 'insert', 'update'):
        op.execute(f'drop policy desk_{deed} on duty')
    op.execute('alter table duty disable row level security')
    op.execute(f"revoke all on {', '.join({*SELECT, *INSERT})} from {ROLE}")
    op.execute(f"do $$ begin execute format('revoke usage on schema %I from {ROLE}', current_schema()); end $$")
    op.execute('drop trigger talks_follow on customers')
    op.execute('drop trigger talk_of_store on conversations')
    for function in ('daogou_talks_follow', 'daogou_talk_of_store', 'daogou_offers'):
        op.execute(f'drop function {function}()')
