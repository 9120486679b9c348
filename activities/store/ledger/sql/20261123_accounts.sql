-- Changes of what postings look at: each waits until postings under way have ended, and holds off new ones.

-- Store the balance of an account from now on, and enforce a floor on it; NULL lifts the floor.
CREATE FUNCTION ledger_set_floor(p_account_id bigint, p_floor_minor bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE ledger_journal IN SHARE ROW EXCLUSIVE MODE;
    UPDATE ledger_account SET floor_minor = p_floor_minor WHERE account_id = p_account_id;
    -- postings do not keep the balance of an account without a floor: count it anew
    INSERT INTO ledger_balance AS b (account_id, balance_minor, held_minor)
    SELECT p_account_id, coalesce(sum(amount_minor), 0), 0 FROM ledger_line WHERE account_id = p_account_id
    ON CONFLICT (account_id) DO UPDATE SET balance_minor = excluded.balance_minor;
END $$;

CREATE FUNCTION ledger_set_status(p_account_id bigint, p_status text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE ledger_journal IN SHARE ROW EXCLUSIVE MODE;
    UPDATE ledger_account SET status = p_status WHERE account_id = p_account_id;
END $$;

CREATE FUNCTION ledger_close_month(p_book text, p_month date, p_closed_by text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE ledger_journal IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO ledger_period (book, month, closed_by, closed_at)
    VALUES (p_book, p_month, p_closed_by, clock_timestamp())
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;
