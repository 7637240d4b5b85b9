/**
 * Posts what is no request's charge: credits, corrections, refunds, plans. One entry, once for each idempotency key:
 * under a key that was used, what was posted first is told instead. `src/ledger/shared/postings.ts` writes the entry
 * and reads the answer.
 *
 * `amount` is what the account gets from `other`, below zero what it loses to it. Money taken must be there. What was
 * read before to find the amount must still be so: how much of a charge was refunded, and that the plan is another.
 */
export const POST = `CREATE FUNCTION tollgate_post(entry jsonb) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $body$
DECLARE
  asked record;
  owner record;
  earlier record;
  available bigint;
  told text;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the ledger needs the isolation level "read committed", which is the default of PostgreSQL';
  END IF;
  SELECT * INTO asked FROM jsonb_to_record(entry) AS e (
    kind text, reference text, account text, other text, amount bigint, at bigint, reason text, hash text,
    ceiling bigint, refunded text, refunded_before bigint, "user" text, plan text);
  SELECT id, posted_nano, held_nano, overdraft_nano INTO owner FROM accounts
    WHERE id = asked.account FOR NO KEY UPDATE;
  -- Asked for only now, so that what was under way for the same account is seen. Of two accounts, the index on
  -- idempotency keys refuses one.
  SELECT t.input_hash, t.answer, t.amount_nano INTO earlier FROM transactions t
    WHERE t.kind <> 'charge' AND t.reference = asked.reference;
  IF FOUND THEN
    RETURN json_build_array('known', earlier.input_hash, earlier.answer, earlier.amount_nano::text)::text;
  ELSIF owner.id IS NULL THEN
    RETURN '["unknown"]';
  ELSIF asked.refunded IS NOT NULL AND asked.refunded_before <> (
    SELECT COALESCE(SUM(t.amount_nano), 0) FROM transactions t WHERE t.refunded_request_id = asked.refunded
  ) THEN
    RETURN '["changed"]';
  ELSIF asked.plan IS NOT NULL AND EXISTS (SELECT FROM users WHERE id = asked."user" AND plan = asked.plan) THEN
    RETURN '["changed"]';
  END IF;

  available := owner.posted_nano + owner.overdraft_nano - owner.held_nano;
  IF owner.posted_nano + asked.amount > asked.ceiling THEN
    RETURN '["ceiling"]';
  ELSIF asked.amount < 0 AND available + asked.amount < 0 THEN
    RETURN json_build_array('insufficient', available::text)::text;
  END IF;
  told := json_build_array((owner.posted_nano + asked.amount)::text, owner.held_nano::text,
    (available + asked.amount)::text)::text;
  UPDATE accounts SET posted_nano = posted_nano + asked.amount WHERE id = owner.id;
  INSERT INTO transactions (kind, reference, from_account_id, to_account_id, amount_nano, at_ms, reason, input_hash,
      answer, refunded_request_id)
    VALUES (asked.kind, asked.reference, CASE WHEN asked.amount < 0 THEN owner.id ELSE asked.other END,
      CASE WHEN asked.amount < 0 THEN asked.other ELSE owner.id END, abs(asked.amount), asked.at, asked.reason,
      asked.hash, told, asked.refunded);
  IF asked.plan IS NOT NULL THEN
    UPDATE users SET plan = asked.plan WHERE id = asked."user";
    INSERT INTO changes (kind, subject_id, at_ms) VALUES ('user', asked."user", asked.at);
  END IF;
  RETURN json_build_array('posted', told, asked.amount::text)::text;
END $body$`
