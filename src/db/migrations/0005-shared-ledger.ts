import { sql } from 'kysely'
import { POST } from './0005-shared-postings.ts'
import type { Migration } from './index.ts'

/**
 * Functions for a ledger that several replicas write at once: what is decided from a balance has to be decided where
 * the balance is. SQLite has one writer, which decides in its own memory, and needs none of them.
 */
export const sharedLedger: Migration = {
  number: 5,
  name: 'shared-ledger',
  why: 'several replicas may grant money from one PostgreSQL database',
  up: async (db, { dialect }) => {
    if (dialect === 'sqlite') return
    for (const definition of [NOW, WINDOWS, SPENT, APPLY, POST]) await sql.raw(definition).execute(db)
  },
}

/** The database's own clock, the only one that all replicas share, in Unix milliseconds. */
const NOW = `CREATE FUNCTION tollgate_now_ms() RETURNS bigint LANGUAGE sql VOLATILE
AS 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint'`

/** The windows in a list as `holds.budgets` has it, numbered from 0. */
const WINDOWS = `CREATE FUNCTION tollgate_windows(list jsonb)
RETURNS TABLE (number integer, subject text, "window" text, start_ms bigint) LANGUAGE sql IMMUTABLE
AS $$
  SELECT (place - 1)::integer, (value ->> 0) COLLATE "C", (value ->> 1) COLLATE "C", (value ->> 2)::bigint
  FROM jsonb_array_elements(list) WITH ORDINALITY AS listed (value, place)
$$`

/** What a subject was charged in a window before anybody counted. The window ends where `until_ms` is not null. */
const SPENT = `CREATE FUNCTION tollgate_spent(subject text, start_ms bigint, until_ms bigint)
RETURNS bigint LANGUAGE sql STABLE
AS $$
  SELECT COALESCE(SUM(cost_nano), 0)::bigint FROM receipts
  WHERE key_id IN (
    SELECT substr(subject, 5) WHERE starts_with(subject, 'key:')
    UNION ALL SELECT id FROM keys WHERE starts_with(subject, 'project:') AND project_id = substr(subject, 9)
  ) AND at_ms >= start_ms AND (until_ms IS NULL OR at_ms < until_ms)
$$`

/**
 * Sets money aside and ends what was set aside: a list of operations, applied one after the other, answered by a list
 * of answers, all in one transaction. `src/ledger/shared/operations.ts` writes the one and reads the other.
 *
 * Whoever changes an account or its holds has locked the account, accounts in the order of their ids; then windows of
 * budgets, in the order of their keys. So replicas wait for one another and never in a circle, and every balance read
 * here is true until the end. Accounts are written once, at the end: a busy one has many operations in one list.
 *
 * Found by key only: on tables that have grown since the planner last looked, it is not to read all of them.
 */
const APPLY = `CREATE FUNCTION tollgate_apply(operations jsonb) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan
AS $body$
DECLARE
  now_ms CONSTANT bigint := tollgate_now_ms();
  ids text[];
  posted bigint[];
  held bigint[];
  overdraft bigint[];
  counted jsonb;
  op record;
  place integer;
  available bigint;
  charged bigint;
  open record;
  earlier record;
  over_number integer;
  over_left bigint;
  charged_keys text[] := '{}';
  charges bigint[] := '{}';
  answers text[] := '{}';
BEGIN
  -- What follows relies on each statement seeing what was committed while it waited for a lock.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the ledger needs the isolation level "read committed", which is the default of PostgreSQL';
  END IF;

  SELECT array_agg(DISTINCT account) INTO ids FROM jsonb_to_recordset(operations) AS o (account text);
  PERFORM FROM accounts WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
  SELECT array_agg(id), array_agg(posted_nano), array_agg(held_nano), array_agg(overdraft_nano)
    INTO ids, posted, held, overdraft FROM accounts WHERE id = ANY (ids);

  INSERT INTO spends (subject, "window", start_ms, spent_nano, held_nano)
    SELECT w.subject, w."window", w.start_ms, tollgate_spent(w.subject, w.start_ms, w.until_ms), 0 FROM (
      SELECT DISTINCT n.subject, n."window", n.start_ms, (o.until ->> n.number)::bigint AS until_ms
      FROM jsonb_to_recordset(operations) AS o (budgets jsonb, until jsonb), tollgate_windows(o.budgets) AS n
      WHERE o.budgets IS NOT NULL
    ) AS w
    WHERE NOT EXISTS (
      SELECT FROM spends s WHERE s.subject = w.subject AND s."window" = w."window" AND s.start_ms = w.start_ms)
    ORDER BY w.subject, w."window", w.start_ms ON CONFLICT DO NOTHING;
  SELECT jsonb_agg(list) INTO counted FROM (
    SELECT o.budgets AS list FROM jsonb_to_recordset(operations) AS o (budgets jsonb) WHERE o.budgets IS NOT NULL
    UNION ALL SELECT h.budgets::jsonb FROM jsonb_to_recordset(operations) AS o (kind text, key text, request text)
      JOIN holds h ON h.key_id = o.key AND h.request_id = o.request
      WHERE o.kind = 'end' AND h.budgets IS NOT NULL
  ) AS lists;
  IF counted IS NOT NULL THEN
    PERFORM FROM spends s WHERE (s.subject, s."window", s.start_ms) IN (
      SELECT w.subject, w."window", w.start_ms FROM jsonb_array_elements(counted) AS l, tollgate_windows(l) AS w
    ) ORDER BY s.subject, s."window", s.start_ms FOR NO KEY UPDATE;
    -- A key counts all it was ever charged, also while it had no such budget.
    UPDATE spends s SET spent_nano = k.spent_nano
      FROM jsonb_array_elements(counted) AS l, tollgate_windows(l) AS w, keys k
      WHERE w."window" = 'total' AND starts_with(w.subject, 'key:') AND k.id = substr(w.subject, 5)
      AND s.subject = w.subject AND s."window" = w."window" AND s.start_ms = w.start_ms
      AND s.spent_nano <> k.spent_nano;
  END IF;

  FOR op IN SELECT * FROM jsonb_to_recordset(operations) AS o (
    kind text, request text, account text, key text, heading text, at bigint,
    amount bigint, lease bigint, budgets jsonb, limits jsonb,
    cost bigint, "user" text, status bigint, ended text, before text, after text, within bigint, anyway boolean)
  LOOP
    place := array_position(ids, op.account);
    available := posted[place] + overdraft[place] - held[place];
    IF op.kind = 'hold' THEN
      IF place IS NULL THEN
        answers := answers || '["unknown"]'::text;
      ELSIF EXISTS (SELECT FROM receipts WHERE request_id = op.request) THEN
        answers := answers || '["ended"]'::text;
      ELSIF EXISTS (SELECT FROM holds WHERE key_id = op.key AND request_id = op.request) THEN
        answers := answers || '["open"]'::text;
      ELSIF op.amount > available THEN
        answers := answers || json_build_array('insufficient', available::text)::text;
      ELSE
        over_number := NULL;
        IF op.budgets IS NOT NULL THEN
          SELECT w.number, (op.limits ->> w.number)::bigint - s.spent_nano - s.held_nano
            INTO over_number, over_left
            FROM tollgate_windows(op.budgets) AS w
            JOIN spends s ON s.subject = w.subject AND s."window" = w."window" AND s.start_ms = w.start_ms
            WHERE s.spent_nano + s.held_nano + op.amount > (op.limits ->> w.number)::bigint
            ORDER BY w.number LIMIT 1;
        END IF;
        IF over_number IS NOT NULL THEN
          answers := answers || json_build_array('over', over_number, over_left::text)::text;
        ELSE
          INSERT INTO holds (request_id, account_id, key_id, heading_id, amount_nano, at_ms, expires_at_ms, budgets)
            VALUES (op.request, op.account, op.key, op.heading, op.amount, op.at, now_ms + op.lease, op.budgets::text);
          held[place] := held[place] + op.amount;
          IF op.budgets IS NOT NULL THEN
            UPDATE spends s SET held_nano = s.held_nano + op.amount FROM tollgate_windows(op.budgets) AS w
              WHERE s.subject = w.subject AND s."window" = w."window" AND s.start_ms = w.start_ms;
          END IF;
          answers := answers || '["held"]'::text;
        END IF;
      END IF;
      CONTINUE;
    END IF;

    -- Only an open hold can end, so a second ending changes nothing.
    DELETE FROM holds WHERE key_id = op.key AND request_id = op.request AND account_id = op.account
      AND place IS NOT NULL AND (op.within IS NULL OR expires_at_ms < now_ms + op.within)
      RETURNING amount_nano, holds.budgets INTO open;
    IF FOUND THEN
      charged := LEAST(op.cost, open.amount_nano + GREATEST(available, 0));
      posted[place] := posted[place] - charged;
      held[place] := held[place] - open.amount_nano;
      IF open.budgets IS NOT NULL THEN
        UPDATE spends s SET held_nano = s.held_nano - open.amount_nano, spent_nano = s.spent_nano + charged
          FROM tollgate_windows(open.budgets::jsonb) AS w
          WHERE s.subject = w.subject AND s."window" = w."window" AND s.start_ms = w.start_ms;
      END IF;
    ELSE
      SELECT cost_nano, ended, body INTO earlier FROM receipts WHERE request_id = op.request;
      IF FOUND THEN
        answers := answers
          || json_build_array('gone', earlier.cost_nano::text, earlier.ended, earlier.body)::text;
        CONTINUE;
      ELSIF op.anyway IS NOT TRUE OR EXISTS (SELECT FROM holds WHERE key_id = op.key AND request_id = op.request) THEN
        answers := answers || '["nothing"]'::text;
        CONTINUE;
      END IF;
      charged := 0;
    END IF;
    IF charged > 0 THEN
      INSERT INTO transactions (kind, reference, from_account_id, to_account_id, amount_nano, at_ms)
        VALUES ('charge', op.request, op.account, 'platform:revenue', charged, op.at);
      charged_keys := charged_keys || op.key;
      charges := charges || charged;
    END IF;
    -- The receipt was written before its outcome was known: what could not be collected goes between its two parts.
    INSERT INTO receipts (request_id, at_ms, user_id, key_id, heading_id, status, ended, cost_nano, body)
      VALUES (op.request, op.at, op."user", op.key, op.heading, op.status, op.ended, charged,
        op.before || (op.cost - charged)::text || op.after);
    answers := answers || json_build_array('ended', charged::text)::text;
  END LOOP;

  UPDATE accounts a SET posted_nano = new.posted, held_nano = new.held
    FROM unnest(ids, posted, held) AS new (id, posted, held)
    WHERE a.id = new.id AND (a.posted_nano <> new.posted OR a.held_nano <> new.held);
  -- A key is one user's, whose account is locked, so nobody else adds to it now.
  UPDATE keys k SET spent_nano = k.spent_nano + c.charged
    FROM (SELECT id, SUM(amount)::bigint AS charged FROM unnest(charged_keys, charges) AS n (id, amount) GROUP BY id) AS c
    WHERE k.id = c.id;
  RETURN '[' || array_to_string(answers, ',') || ']';
END $body$`
