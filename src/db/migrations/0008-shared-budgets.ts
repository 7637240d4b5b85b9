import type { ColumnWords } from './index.ts'
import { type Kysely, sql } from 'kysely'

/**
 * On PostgreSQL a window of a budget now begins with what its subject was charged in it and what it holds, and from then
 * on every request of the subject is counted in it. SQLite's one writer does the same in `src/ledger/spends.ts`.
 */
export const countWholeWindows = async (db: Kysely<unknown>, { dialect }: ColumnWords): Promise<void> => {
  if (dialect === 'sqlite') return
  for (const definition of [WINDOWS_AT, COUNTED, BEGIN, APPLY]) await sql.raw(definition).execute(db)
}

/** The windows that a moment lies in, as `windowStartMs` of `src/ledger/budgets.ts` says. */
const WINDOWS_AT = `CREATE FUNCTION tollgate_windows_at(at_ms bigint)
RETURNS TABLE ("window" text, start_ms bigint) LANGUAGE sql IMMUTABLE
AS $$
  VALUES ('total', 0::bigint),
    ('5h', at_ms - at_ms % 18000000),
    ('day', at_ms - at_ms % 86400000),
    ('week', at_ms - (at_ms - 345600000) % 604800000),
    ('month',
      (extract(epoch FROM date_trunc('month', to_timestamp(at_ms / 1000) AT TIME ZONE 'UTC')) * 1000)::bigint)
$$`

/** The windows that a request is counted in: those it names, and those of its subjects that have begun. */
const COUNTED = `CREATE FUNCTION tollgate_counted(named jsonb, subjects text[], at_ms bigint)
RETURNS jsonb LANGUAGE sql STABLE
AS $$
  SELECT jsonb_agg(jsonb_build_array(c.subject, c."window", c.start_ms)) FROM (
    SELECT w.subject, w."window", w.start_ms FROM tollgate_windows(named) AS w
    UNION SELECT s.subject, s."window", s.start_ms FROM unnest(subjects) AS of (subject), tollgate_windows_at(at_ms) AS t
      JOIN spends s ON s."window" = t."window" AND s.start_ms = t.start_ms WHERE s.subject = of.subject
  ) AS c
$$`

/**
 * Begins a window: open holds take its name into their rows, and its own row gets their sum and that of the receipts.
 * Whoever could change either must be locked out.
 */
const BEGIN = `CREATE FUNCTION tollgate_begin(of_subject text, of_window text, from_ms bigint, until_ms bigint)
RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $body$
DECLARE
  held bigint;
BEGIN
  INSERT INTO spends (subject, "window", start_ms, spent_nano, held_nano)
    VALUES (of_subject, of_window, from_ms, 0, 0) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  WITH named AS (
    UPDATE holds h
      SET budgets = (COALESCE(h.budgets::jsonb, '[]') || jsonb_build_array(jsonb_build_array(of_subject, of_window, from_ms)))::text
      WHERE h.key_id IN (
        SELECT substr(of_subject, 5) WHERE starts_with(of_subject, 'key:')
        UNION ALL SELECT id FROM keys WHERE starts_with(of_subject, 'project:') AND project_id = substr(of_subject, 9)
      ) AND h.at_ms >= from_ms AND (until_ms IS NULL OR h.at_ms < until_ms)
      RETURNING h.amount_nano
  )
  SELECT COALESCE(SUM(amount_nano), 0) INTO held FROM named;
  UPDATE spends s SET spent_nano = tollgate_spent(of_subject, from_ms, until_ms), held_nano = held
    WHERE s.subject = of_subject AND s."window" = of_window AND s.start_ms = from_ms;
END $body$`

/**
 * As in migration 5, and: an operation names its project, windows begin as above, and a hold is counted in all that have
 * begun. Projects are locked after accounts, in the order of their ids, and before windows.
 *
 * Sets money aside and ends what was set aside: a list of operations, applied one after the other, answered by a list
 * of answers, all in one transaction. `src/ledger/shared/operations.ts` writes the one and reads the other.
 *
 * Whoever changes an account or its holds has locked the account, accounts in the order of their ids; then windows of
 * budgets, in the order of their keys. So replicas wait for one another and never in a circle, and every balance read
 * here is true until the end. Accounts are written once, at the end: a busy one has many operations in one list.
 *
 * Found by key only: on tables that have grown since the planner last looked, it is not to read all of them.
 */
const APPLY = `CREATE OR REPLACE FUNCTION tollgate_apply(operations jsonb) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan
AS $body$
DECLARE
  now_ms CONSTANT bigint := tollgate_now_ms();
  ids text[];
  posted bigint[];
  held bigint[];
  overdraft bigint[];
  project record;
  fresh record;
  begun text[];
  lists jsonb;
  windows jsonb;
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

  -- Who begins a window of a project is alone with it: what its other users hold and are charged stands still meanwhile.
  -- Projects share sixty-four locks, or a long list of many could use up the server's.
  FOR project IN
    SELECT hashtext(o.project) & 63 AS number, bool_or(EXISTS (
      SELECT FROM tollgate_windows(o.budgets) AS w WHERE w.subject = 'project:' || o.project AND NOT EXISTS (
        SELECT FROM spends s WHERE s.subject = w.subject AND s."window" = w."window" AND s.start_ms = w.start_ms)
    )) AS begins
    FROM jsonb_to_recordset(operations) AS o (project text, budgets jsonb)
    WHERE o.project IS NOT NULL GROUP BY 1 ORDER BY 1
  LOOP
    IF project.begins THEN
      PERFORM pg_advisory_xact_lock(7465103, project.number);
    ELSE
      PERFORM pg_advisory_xact_lock_shared(7465103, project.number);
    END IF;
  END LOOP;
  FOR fresh IN
    SELECT DISTINCT n.subject, n."window", n.start_ms, (o.until ->> n.number)::bigint AS until_ms
    FROM jsonb_to_recordset(operations) AS o (budgets jsonb, until jsonb), tollgate_windows(o.budgets) AS n
    WHERE o.budgets IS NOT NULL AND NOT EXISTS (
      SELECT FROM spends s WHERE s.subject = n.subject AND s."window" = n."window" AND s.start_ms = n.start_ms)
    ORDER BY n.subject, n."window", n.start_ms
  LOOP
    PERFORM tollgate_begin(fresh.subject, fresh."window", fresh.start_ms, fresh.until_ms);
  END LOOP;
  -- A request is counted in every window of its key and project that has begun, whether or not it knows of the budget.
  SELECT array_agg(of.subject) INTO begun FROM (
    SELECT 'key:' || o.key AS subject FROM jsonb_to_recordset(operations) AS o (kind text, key text)
      WHERE o.kind = 'hold'
    UNION SELECT 'project:' || o.project FROM jsonb_to_recordset(operations) AS o (kind text, project text)
      WHERE o.kind = 'hold' AND o.project IS NOT NULL
  ) AS of WHERE EXISTS (SELECT FROM spends s WHERE s.subject = of.subject);
  SELECT jsonb_object_agg(o.request, tollgate_counted(o.budgets, ARRAY['key:' || o.key, 'project:' || o.project], o.at))
    INTO lists
    FROM jsonb_to_recordset(operations) AS o (kind text, request text, key text, project text, at bigint, budgets jsonb)
    WHERE o.kind = 'hold'
    AND (o.budgets IS NOT NULL OR 'key:' || o.key = ANY (begun) OR 'project:' || o.project = ANY (begun));

  SELECT jsonb_agg(list) INTO counted FROM (
    SELECT l.value AS list FROM jsonb_each(lists) AS l WHERE l.value <> 'null'
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
          windows := NULLIF(lists -> op.request, 'null');
          INSERT INTO holds (request_id, account_id, key_id, heading_id, amount_nano, at_ms, expires_at_ms, budgets)
            VALUES (op.request, op.account, op.key, op.heading, op.amount, op.at, now_ms + op.lease, windows::text);
          held[place] := held[place] + op.amount;
          IF windows IS NOT NULL THEN
            UPDATE spends s SET held_nano = s.held_nano + op.amount FROM tollgate_windows(windows) AS w
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
