-- Holds: an amount is set aside on an account with a floor, then captured, voided or expired.
-- Amounts count along the account's normal side. Repeating a call gives the first answer.

CREATE FUNCTION ledger_reserve(
    p_book text, p_key text, p_hash bytea, p_code text, p_branch text, p_currency text, p_amount bigint,
    p_expires_at timestamptz, p_reason text, p_source text
) RETURNS SETOF ledger_hold LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    account ledger_account;
    available bigint;
    entered ledger_hold;
BEGIN
    LOCK TABLE ledger_journal IN ROW EXCLUSIVE MODE;
    SELECT * INTO account FROM ledger_account a
    WHERE a.book = p_book AND a.code = p_code AND a.branch = p_branch AND a.currency = p_currency;
    -- whoever comes second with the same key waits here and then finds the hold
    SELECT b.balance_minor * CASE account.normal_side WHEN 'debit' THEN 1 ELSE -1 END
           - b.held_minor - account.floor_minor INTO available
    FROM ledger_balance b WHERE b.account_id = account.account_id FOR UPDATE;
    SELECT * INTO entered FROM ledger_hold h WHERE h.book = p_book AND h.hold_key = p_key;
    IF FOUND THEN
        RETURN NEXT entered;
        RETURN;
    END IF;
    IF account.status IS DISTINCT FROM 'open' OR available IS NULL OR available < p_amount THEN
        RAISE EXCEPTION 'hold is refused'
            USING ERRCODE = CASE WHEN account.status IS NULL THEN 'LF101'
                                 WHEN account.status <> 'open' THEN 'LF102'
                                 WHEN available IS NULL THEN 'LF107' ELSE 'LF105' END,
                  DETAIL = json_build_object(
                      'key', p_key, 'code', p_code, 'branch', p_branch, 'currency', p_currency,
                      'status', account.status, 'amount', p_amount, 'available', available)::text;
    END IF;
    INSERT INTO ledger_hold AS h (
        book, hold_key, request_hash, account_id, amount_minor, state, expires_at, reason, source, reserved_at)
    VALUES (p_book, p_key, p_hash, account.account_id, p_amount, 'reserved', p_expires_at, p_reason, p_source,
            clock_timestamp())
    ON CONFLICT (book, hold_key) DO NOTHING
    RETURNING * INTO entered;
    IF NOT FOUND THEN
        -- the same key on another account, at the same moment: the caller sees that the hashes differ
        RETURN QUERY SELECT * FROM ledger_hold h WHERE h.book = p_book AND h.hold_key = p_key;
        RETURN;
    END IF;
    INSERT INTO ledger_hold_event (hold_id, state, reason, happened_at)
    VALUES (entered.hold_id, 'reserved', p_reason, entered.reserved_at);
    UPDATE ledger_balance b SET held_minor = b.held_minor + p_amount WHERE b.account_id = account.account_id;
    RETURN NEXT entered;
END $$;

-- end a hold; says which state it is in afterwards, and raises when it had come to another end before
CREATE FUNCTION ledger_end_hold(
    p_book text, p_key text, p_state text, p_journal_key text, p_reason text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    hold ledger_hold;
    captured_by text;
BEGIN
    SELECT * INTO hold FROM ledger_hold h WHERE h.book = p_book AND h.hold_key = p_key FOR UPDATE;
    SELECT e.journal_key INTO captured_by FROM ledger_hold_event e
    WHERE e.hold_id = hold.hold_id AND e.state = 'captured';
    IF hold.state = p_state AND captured_by IS NOT DISTINCT FROM p_journal_key THEN
        RETURN;
    ELSIF hold.state IS DISTINCT FROM 'reserved' THEN
        RAISE EXCEPTION 'hold has ended' USING ERRCODE = 'LF108', DETAIL = json_build_object(
            'key', p_key, 'state', hold.state, 'wanted', p_state, 'journal_key', captured_by)::text;
    END IF;
    UPDATE ledger_hold SET state = p_state WHERE hold_id = hold.hold_id;
    UPDATE ledger_balance SET held_minor = held_minor - hold.amount_minor WHERE account_id = hold.account_id;
    INSERT INTO ledger_hold_event (hold_id, state, journal_key, reason, happened_at)
    VALUES (hold.hold_id, p_state, p_journal_key, p_reason, clock_timestamp());
END $$;

-- let go of what nobody captured in time; a hold that somebody is just ending is left to them
CREATE FUNCTION ledger_expire_holds(p_now timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    due bigint[];
BEGIN
    SELECT array_agg(hold_id) INTO due FROM (
        SELECT hold_id FROM ledger_hold WHERE state = 'reserved' AND expires_at <= p_now
        ORDER BY hold_id FOR UPDATE SKIP LOCKED
    ) open_holds;
    PERFORM FROM ledger_balance
    WHERE account_id IN (SELECT account_id FROM ledger_hold WHERE hold_id = ANY(due))
    ORDER BY account_id FOR UPDATE;
    UPDATE ledger_hold SET state = 'expired' WHERE hold_id = ANY(due);
    UPDATE ledger_balance b SET held_minor = b.held_minor - h.amount
    FROM (SELECT account_id, sum(amount_minor) AS amount FROM ledger_hold
          WHERE hold_id = ANY(due) GROUP BY account_id) h
    WHERE h.account_id = b.account_id;
    INSERT INTO ledger_hold_event (hold_id, state, reason, happened_at)
    SELECT hold_id, 'expired', 'not captured in time', clock_timestamp() FROM unnest(due) hold_id;
    RETURN coalesce(cardinality(due), 0);
END $$;
