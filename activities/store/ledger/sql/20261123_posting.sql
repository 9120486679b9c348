-- Posting: any number of journals of one book in one call, all or none.
--
-- Journals come as parallel arrays; p_line_journal says by position to which journal a line belongs.
-- A key that is known already is answered with what it posted first, next to the hash of its request:
-- the caller compares. Refusals are exceptions of class LF with a JSON detail; they undo everything.
--
-- Order of locks, the same for everybody: the table (lightly), balances by account id, voucher counters by
-- month. The counter is what postings queue for, so it comes last.
CREATE FUNCTION ledger_post(
    p_book text,
    p_keys text[], p_hashes bytea[], p_kinds text[], p_business_dates date[], p_value_dates date[],
    p_narratives text[], p_sources text[], p_posted_by text[], p_reverses text[],
    p_line_journal int[], p_line_no int[], p_codes text[], p_branches text[], p_currencies text[],
    p_amounts bigint[], p_references text[]
) RETURNS TABLE (
    ordinal int, journal_id bigint, voucher_month date, voucher_number int, request_hash bytea, created boolean
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    fresh int[];
    accounts bigint[];
    limited boolean;
    tries int := 0;
    violated text;
BEGIN
    -- waits for (and holds off) whoever closes a month, blocks an account or sets a floor
    LOCK TABLE ledger_journal IN ROW EXCLUSIVE MODE;
    LOOP
        SELECT array_agg(k.n) INTO fresh
        FROM unnest(p_keys) WITH ORDINALITY k(key, n)
        WHERE NOT EXISTS (SELECT FROM ledger_journal j WHERE j.book = p_book AND j.idempotency_key = k.key);
        EXIT WHEN fresh IS NULL;
        PERFORM ledger_refuse_closed_month(p_book, p_keys, p_business_dates, fresh);
        SELECT a.accounts, a.limited INTO accounts, limited
        FROM ledger_find_accounts(p_book, p_keys, p_line_journal, p_codes, p_branches, p_currencies, fresh) a;
        IF array_remove(p_reverses, NULL) <> '{}' THEN
            PERFORM ledger_refuse_wrong_reversal(
                p_book, p_keys, p_reverses, p_line_journal, accounts, p_amounts, fresh);
        END IF;
        BEGIN
            IF limited THEN
                PERFORM ledger_move_balances(p_keys, p_line_journal, accounts, p_amounts, fresh);
            END IF;
            WITH dated AS (
                SELECT k.n::int AS n, k.month,
                       row_number() OVER (PARTITION BY k.month ORDER BY k.n) AS place
                FROM unnest(p_business_dates) WITH ORDINALITY d(day, n)
                CROSS JOIN LATERAL (SELECT d.n, date_trunc('month', d.day::timestamp)::date AS month) k
                WHERE k.n = ANY(fresh)
            ), wanted AS (
                SELECT month, count(*)::int AS many FROM dated GROUP BY month ORDER BY month
            ), counted AS (
                INSERT INTO ledger_voucher_counter AS c (book, month, last)
                SELECT p_book, month, many FROM wanted ORDER BY month
                ON CONFLICT (book, month) DO UPDATE SET last = c.last + excluded.last
                RETURNING c.month, c.last
            ), journal AS (
                INSERT INTO ledger_journal (
                    book, idempotency_key, request_hash, kind, business_date, value_date, voucher_month,
                    voucher_number, reverses, narrative, source, posted_by, posted_at)
                SELECT p_book, p_keys[d.n], p_hashes[d.n], p_kinds[d.n], p_business_dates[d.n],
                       p_value_dates[d.n], d.month, c.last - w.many + d.place,
                       (SELECT o.journal_id FROM ledger_journal o
                        WHERE p_reverses[d.n] IS NOT NULL
                          AND o.book = p_book AND o.idempotency_key = p_reverses[d.n]),
                       p_narratives[d.n], p_sources[d.n], p_posted_by[d.n], clock_timestamp()
                FROM dated d JOIN wanted w USING (month) JOIN counted c USING (month)
                ORDER BY d.n
                RETURNING journal_id, idempotency_key
            )
            INSERT INTO ledger_line (journal_id, line_no, account_id, amount_minor, currency, reference)
            SELECT j.journal_id, l.line_no, l.account_id, l.amount, l.currency, l.reference
            FROM unnest(p_line_journal, p_line_no, accounts, p_amounts, p_currencies, p_references)
                     l(n, line_no, account_id, amount, currency, reference)
            JOIN unnest(p_keys) WITH ORDINALITY k(key, n) ON k.n = l.n
            JOIN journal j ON j.idempotency_key = k.key;
            EXIT;
        EXCEPTION WHEN unique_violation THEN
            -- somebody else posted one of these keys meanwhile: look again. Under REPEATABLE READ the look
            -- would show the same forever.
            GET STACKED DIAGNOSTICS violated = CONSTRAINT_NAME;
            tries := tries + 1;
            IF tries > 3 OR violated NOT LIKE 'ledger_journal_%' THEN
                RAISE;
            END IF;
        END;
    END LOOP;
    RETURN QUERY
        SELECT k.n::int, j.journal_id, j.voucher_month, j.voucher_number, j.request_hash,
               coalesce(k.n = ANY(fresh), false)
        FROM unnest(p_keys) WITH ORDINALITY k(key, n)
        JOIN ledger_journal j ON j.book = p_book AND j.idempotency_key = k.key
        ORDER BY k.n;
END $$;

CREATE FUNCTION ledger_refuse_closed_month(
    p_book text, p_keys text[], p_business_dates date[], p_fresh int[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    closed date;
    n int;
BEGIN
    SELECT max(month) INTO closed FROM ledger_period WHERE book = p_book;
    IF closed IS NULL THEN
        RETURN;
    END IF;
    SELECT f INTO n FROM unnest(p_fresh) f
    WHERE p_business_dates[f] < closed + interval '1 month' ORDER BY f LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'month is closed' USING ERRCODE = 'LF103', DETAIL = json_build_object(
            'key', p_keys[n], 'date', p_business_dates[n], 'closed', to_char(closed, 'YYYY-MM'))::text;
    END IF;
END $$;

-- ids of the accounts of all lines (of journals that are new), and whether any of them has a floor
CREATE FUNCTION ledger_find_accounts(
    p_book text, p_keys text[], p_line_journal int[], p_codes text[], p_branches text[],
    p_currencies text[], p_fresh int[], OUT accounts bigint[], OUT limited boolean
) LANGUAGE plpgsql AS $$
DECLARE
    bad int;
    found_status text;
BEGIN
    SELECT array_agg(a.account_id ORDER BY l.n), coalesce(bool_or(a.floor_minor IS NOT NULL), false),
           min(l.n) FILTER (WHERE l.journal = ANY(p_fresh) AND a.status IS DISTINCT FROM 'open')
    INTO accounts, limited, bad
    FROM unnest(p_line_journal, p_codes, p_branches, p_currencies)
             WITH ORDINALITY l(journal, code, branch, currency, n)
    LEFT JOIN ledger_account a
        ON a.book = p_book AND a.code = l.code AND a.branch = l.branch AND a.currency = l.currency;
    IF bad IS NULL THEN
        RETURN;
    END IF;
    SELECT status INTO found_status FROM ledger_account
    WHERE book = p_book AND code = p_codes[bad] AND branch = p_branches[bad]
      AND currency = p_currencies[bad];
    RAISE EXCEPTION 'account cannot be posted to'
        USING ERRCODE = CASE WHEN found_status IS NULL THEN 'LF101' ELSE 'LF102' END,
              DETAIL = json_build_object(
                  'key', p_keys[p_line_journal[bad]], 'code', p_codes[bad], 'branch', p_branches[bad],
                  'currency', p_currencies[bad], 'status', found_status)::text;
END $$;

CREATE FUNCTION ledger_refuse_wrong_reversal(
    p_book text, p_keys text[], p_reverses text[], p_line_journal int[], p_accounts bigint[],
    p_amounts bigint[], p_fresh int[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    n int;
    original record;
    wrong text;
BEGIN
    FOREACH n IN ARRAY p_fresh LOOP
        CONTINUE WHEN p_reverses[n] IS NULL;
        SELECT o.journal_id, o.reverses, r.idempotency_key AS reversed_by INTO original
        FROM ledger_journal o LEFT JOIN ledger_journal r ON r.reverses = o.journal_id
        WHERE o.book = p_book AND o.idempotency_key = p_reverses[n];
        wrong := CASE
            WHEN NOT FOUND THEN 'it is not known'
            WHEN original.reverses IS NOT NULL THEN 'it is a reversal itself'
            WHEN original.reversed_by IS NOT NULL THEN 'it was reversed by ' || original.reversed_by
            WHEN EXISTS (
                SELECT FROM (
                    SELECT account_id, amount_minor AS amount FROM ledger_line
                    WHERE journal_id = original.journal_id
                    UNION ALL
                    SELECT l.account_id, l.amount FROM unnest(p_line_journal, p_accounts, p_amounts)
                        l(journal, account_id, amount) WHERE l.journal = n
                ) both_ways GROUP BY account_id HAVING sum(amount) <> 0
            ) THEN 'the lines do not mirror its lines' END;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'reversal is refused' USING ERRCODE = 'LF106', DETAIL = json_build_object(
                'key', p_keys[n], 'original', p_reverses[n], 'reason', wrong)::text;
        END IF;
    END LOOP;
END $$;

-- bring stored balances up to date, and refuse what would take one below its floor
CREATE FUNCTION ledger_move_balances(
    p_keys text[], p_line_journal int[], p_accounts bigint[], p_amounts bigint[], p_fresh int[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    short record;
BEGIN
    PERFORM FROM ledger_balance WHERE account_id = ANY(p_accounts) ORDER BY account_id FOR UPDATE;
    WITH delta AS (
        SELECT l.account_id, sum(l.amount) AS amount, min(l.journal) AS journal
        FROM unnest(p_line_journal, p_accounts, p_amounts) l(journal, account_id, amount)
        WHERE l.journal = ANY(p_fresh) GROUP BY l.account_id
    ), moved AS (
        UPDATE ledger_balance b SET balance_minor = b.balance_minor + d.amount
        FROM delta d WHERE d.account_id = b.account_id
        RETURNING b.account_id, b.balance_minor, b.held_minor, d.amount, d.journal
    )
    SELECT a.code, a.branch, a.currency, a.floor_minor, m.held_minor, m.journal,
           m.balance_minor * side.sign AS balance, m.amount * side.sign AS amount
    INTO short
    FROM moved m JOIN ledger_account a USING (account_id)
    CROSS JOIN LATERAL (SELECT CASE a.normal_side WHEN 'debit' THEN 1 ELSE -1 END AS sign) side
    -- what adds to the account is never refused, however low it stands
    WHERE m.amount * side.sign < 0 AND m.balance_minor * side.sign - m.held_minor < a.floor_minor
    ORDER BY m.account_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'insufficient funds' USING ERRCODE = 'LF105', DETAIL = json_build_object(
            'key', p_keys[short.journal], 'code', short.code, 'branch', short.branch,
            'currency', short.currency, 'amount', -short.amount,
            'available', short.balance - short.amount - short.held_minor - short.floor_minor)::text;
    END IF;
END $$;
