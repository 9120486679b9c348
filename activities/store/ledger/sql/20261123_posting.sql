-- Posting: one journal, or thousands of one book, by one call. All or none.
--
-- A key that is known already is answered with what it posted first, next to the hash of its request: the
-- caller compares. Refusals are exceptions of class LF with a JSON detail; they undo everything.
--
-- Order of locks, the same for everybody: the table (lightly), balances by account id, voucher counters by
-- month. The counter is what postings queue for, so it comes last.

CREATE FUNCTION ledger_post(
    p_book text, p_key text, p_hash bytea, p_kind text, p_business_date date, p_value_date date,
    p_narrative text, p_source text, p_posted_by text, p_reverses text,
    p_codes text[], p_branches text[], p_currencies text[], p_amounts bigint[], p_references text[],
    OUT journal_id bigint, OUT voucher_month date, OUT voucher_number int, OUT request_hash bytea,
    OUT created boolean
) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off -- planned once, also while tables are empty
AS $$
#variable_conflict use_column
DECLARE
    accounts bigint[];
    limited boolean;
    reversed bigint;
BEGIN
    -- waits for (and holds off) whoever closes a month, blocks an account or sets a floor
    LOCK TABLE ledger_journal IN ROW EXCLUSIVE MODE;
    LOOP
        SELECT j.journal_id, j.voucher_month, j.voucher_number, j.request_hash, false
        INTO journal_id, voucher_month, voucher_number, request_hash, created
        FROM ledger_journal j WHERE j.book = p_book AND j.idempotency_key = p_key;
        EXIT WHEN FOUND;
        SELECT array_agg(a.account_id ORDER BY l.n), bool_or(a.floor_minor IS NOT NULL)
        INTO accounts, limited
        FROM unnest(p_codes, p_branches, p_currencies) WITH ORDINALITY l(code, branch, currency, n)
        JOIN ledger_account a ON a.book = p_book AND a.code = l.code AND a.branch = l.branch
            AND a.currency = l.currency AND a.status = 'open'
        WHERE NOT EXISTS (
            SELECT FROM ledger_period p WHERE p.book = p_book
                AND p.month >= date_trunc('month', p_business_date::timestamp));
        IF cardinality(accounts) IS DISTINCT FROM cardinality(p_codes) THEN
            PERFORM ledger_refuse(p_book, p_key, p_business_date, p_codes, p_branches, p_currencies);
        END IF;
        IF p_reverses IS NOT NULL THEN
            reversed := ledger_find_reversed(p_book, p_key, p_reverses, accounts, p_amounts);
        END IF;
        IF limited AND NOT ledger_move_balances(accounts, p_amounts) THEN
            PERFORM ledger_refuse_shortage(p_key, accounts, p_amounts);
        END IF;
        INSERT INTO ledger_voucher_counter AS c (book, month, last)
        VALUES (p_book, date_trunc('month', p_business_date::timestamp)::date, 1)
        ON CONFLICT (book, month) DO UPDATE SET last = c.last + 1
        RETURNING c.month, c.last INTO voucher_month, voucher_number;
        INSERT INTO ledger_journal AS j (
            book, idempotency_key, request_hash, kind, business_date, value_date, voucher_month,
            voucher_number, reverses, narrative, source, posted_by, posted_at)
        VALUES (
            p_book, p_key, p_hash, p_kind, p_business_date, p_value_date, ledger_post.voucher_month,
            ledger_post.voucher_number, reversed, p_narrative, p_source, p_posted_by, clock_timestamp())
        ON CONFLICT (book, idempotency_key) DO NOTHING
        RETURNING j.journal_id INTO journal_id;
        IF FOUND THEN
            INSERT INTO ledger_line (journal_id, line_no, account_id, amount_minor, currency, reference)
            SELECT ledger_post.journal_id, l.n, l.account_id, l.amount, l.currency, l.reference
            FROM unnest(accounts, p_amounts, p_currencies, p_references)
                WITH ORDINALITY l(account_id, amount, currency, reference, n);
            request_hash := p_hash;
            created := true;
            EXIT;
        END IF;
        -- somebody else posted this key meanwhile: give back what was taken,
        -- which nobody else has seen, and look again. A savepoint would cost every posting what this costs one.
        UPDATE ledger_voucher_counter c SET last = c.last - 1
        WHERE c.book = p_book AND c.month = ledger_post.voucher_month;
        IF limited THEN
            PERFORM ledger_move_balances(accounts, ARRAY(SELECT -a FROM unnest(p_amounts) a));
        END IF;
    END LOOP;
END $$;

-- Thousands at once, as sets: journals in parallel arrays, lines saying by position which journal they belong
-- to and which of the accounts they touch. Answers every journal, or none of them when one needs a closer
-- look (some keys are known and some are not, an account is not open, a month is closed, a balance would
-- not do): then nothing is posted, and the caller goes through them with ledger_post, which says what is wrong.
CREATE FUNCTION ledger_post_many(
    p_book text,
    p_keys text[], p_hashes bytea[], p_kinds text[], p_business_dates date[], p_value_dates date[],
    p_narratives text[], p_sources text[], p_posted_by text[],
    p_codes text[], p_branches text[], p_currencies text[],
    p_line_journal int[], p_line_no int[], p_line_account int[], p_amounts bigint[], p_references text[]
) RETURNS TABLE (
    ordinal bigint, journal_id bigint, voucher_month date, voucher_number int, request_hash bytea,
    created boolean
) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
SET enable_nestloop = off -- a plan that does not know how many there are must not go for few
AS $$
#variable_conflict use_column
DECLARE
    accounts bigint[];
    limited boolean;
    violated text;
BEGIN
    LOCK TABLE ledger_journal IN ROW EXCLUSIVE MODE;
    RETURN QUERY
        SELECT k.n, j.journal_id, j.voucher_month, j.voucher_number, j.request_hash, false
        FROM unnest(p_keys) WITH ORDINALITY k(key, n)
        CROSS JOIN LATERAL (
            SELECT * FROM ledger_journal o WHERE o.book = p_book AND o.idempotency_key = k.key
            LIMIT 1 -- unique anyway; keeps the planner from reading the whole book instead
        ) j;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT array_agg(a.account_id ORDER BY l.n), bool_or(a.floor_minor IS NOT NULL)
    INTO accounts, limited
    FROM unnest(p_codes, p_branches, p_currencies) WITH ORDINALITY l(code, branch, currency, n)
    CROSS JOIN LATERAL (
        SELECT * FROM ledger_account o WHERE o.book = p_book AND o.code = l.code AND o.branch = l.branch
            AND o.currency = l.currency AND o.status = 'open' LIMIT 1) a
    WHERE NOT EXISTS (
        SELECT FROM ledger_period p
        WHERE p.book = p_book AND p.month + interval '1 month' > (SELECT min(d) FROM unnest(p_business_dates) d));
    IF cardinality(accounts) IS DISTINCT FROM cardinality(p_codes) THEN
        RETURN;
    END IF;
    BEGIN
        IF limited AND NOT ledger_move_balances(
            ARRAY(SELECT accounts[l.account] FROM unnest(p_line_account) l(account)), p_amounts)
        THEN
            RAISE EXCEPTION 'a balance would not do' USING ERRCODE = 'LF105';
        END IF;
        RETURN QUERY
            WITH asked AS (
                SELECT k.*, row_number() OVER month AS place, count(*) OVER month AS many
                FROM (
                    SELECT u.*, date_trunc('month', u.business_date::timestamp)::date AS month
                    FROM unnest(p_keys, p_hashes, p_kinds, p_business_dates, p_value_dates, p_narratives,
                                p_sources, p_posted_by)
                        WITH ORDINALITY u(
                            key, hash, kind, business_date, value_date, narrative, source, posted_by, n)
                ) k
                WINDOW month AS (PARTITION BY k.month ORDER BY k.n
                                 ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
            ), counted AS (
                INSERT INTO ledger_voucher_counter AS c (book, month, last)
                SELECT p_book, month, many FROM asked WHERE place = 1 ORDER BY month
                ON CONFLICT (book, month) DO UPDATE SET last = c.last + excluded.last
                RETURNING c.month, c.last
            ), journal AS (
                INSERT INTO ledger_journal AS j (
                    book, idempotency_key, request_hash, kind, business_date, value_date, voucher_month,
                    voucher_number, narrative, source, posted_by, posted_at)
                SELECT p_book, a.key, a.hash, a.kind, a.business_date, a.value_date, a.month,
                       c.last - a.many + a.place, a.narrative, a.source, a.posted_by, clock_timestamp()
                FROM asked a JOIN counted c USING (month) ORDER BY a.n
                RETURNING j.journal_id, j.idempotency_key, j.voucher_month, j.voucher_number
            ), answer AS (
                SELECT a.n, j.* FROM asked a JOIN journal j ON j.idempotency_key = a.key
            ), line AS (
                INSERT INTO ledger_line (journal_id, line_no, account_id, amount_minor, currency, reference)
                SELECT a.journal_id, l.line_no, accounts[l.account], l.amount, p_currencies[l.account],
                       l.reference
                FROM unnest(p_line_journal, p_line_no, p_line_account, p_amounts, p_references)
                    l(n, line_no, account, amount, reference)
                JOIN answer a USING (n)
            )
            SELECT a.n, a.journal_id, a.voucher_month, a.voucher_number, NULL::bytea, true FROM answer a;
    EXCEPTION
        WHEN SQLSTATE 'LF105' THEN
            NULL;
        WHEN unique_violation THEN
            GET STACKED DIAGNOSTICS violated = CONSTRAINT_NAME;
            IF violated NOT LIKE 'ledger_journal_%' THEN
                RAISE;
            END IF;
    END;
END $$;

-- say why an order's accounts and month do not do
CREATE FUNCTION ledger_refuse(
    p_book text, p_key text, p_business_date date, p_codes text[], p_branches text[], p_currencies text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    closed date;
    bad record;
BEGIN
    SELECT max(month) INTO closed FROM ledger_period WHERE book = p_book;
    IF p_business_date < closed + interval '1 month' THEN
        RAISE EXCEPTION 'month is closed' USING ERRCODE = 'LF103', DETAIL = json_build_object(
            'key', p_key, 'date', p_business_date, 'closed', to_char(closed, 'YYYY-MM'))::text;
    END IF;
    SELECT l.*, a.status INTO bad
    FROM unnest(p_codes, p_branches, p_currencies) WITH ORDINALITY l(code, branch, currency, n)
    LEFT JOIN ledger_account a ON a.book = p_book AND a.code = l.code AND a.branch = l.branch
        AND a.currency = l.currency
    WHERE a.status IS DISTINCT FROM 'open' ORDER BY l.n LIMIT 1;
    RAISE EXCEPTION 'account cannot be posted to'
        USING ERRCODE = CASE WHEN bad.status IS NULL THEN 'LF101' ELSE 'LF102' END,
              DETAIL = json_build_object('key', p_key, 'code', bad.code, 'branch', bad.branch,
                                         'currency', bad.currency, 'status', bad.status)::text;
END $$;

-- the journal that a reversal takes back; refuses what is not its mirror, or cannot be reversed
CREATE FUNCTION ledger_find_reversed(
    p_book text, p_key text, p_reverses text, p_accounts bigint[], p_amounts bigint[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    original record;
    wrong text;
BEGIN
    -- of two who reverse the same journal under two keys, the second must see the first
    PERFORM pg_advisory_xact_lock(hashtext('ledger-reverse'), hashtext(p_book || ' ' || p_reverses));
    SELECT o.journal_id, o.reverses, r.idempotency_key AS reversed_by INTO original
    FROM ledger_journal o LEFT JOIN ledger_journal r ON r.reverses = o.journal_id
    WHERE o.book = p_book AND o.idempotency_key = p_reverses;
    wrong := CASE
        WHEN NOT FOUND THEN 'it is not known'
        WHEN original.reverses IS NOT NULL THEN 'it is a reversal itself'
        WHEN original.reversed_by IS NOT NULL THEN 'it was reversed by ' || original.reversed_by
        WHEN EXISTS (
            SELECT FROM (
                SELECT account_id, amount_minor AS amount FROM ledger_line
                WHERE journal_id = original.journal_id
                UNION ALL
                SELECT * FROM unnest(p_accounts, p_amounts)
            ) both_ways GROUP BY account_id HAVING sum(amount) <> 0
        ) THEN 'the lines do not mirror its lines' END;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'reversal is refused' USING ERRCODE = 'LF106', DETAIL = json_build_object(
            'key', p_key, 'original', p_reverses, 'reason', wrong)::text;
    END IF;
    RETURN original.journal_id;
END $$;

-- bring stored balances up to date; false when one that was drawn on would come to stand below its floor
CREATE FUNCTION ledger_move_balances(p_accounts bigint[], p_amounts bigint[]) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM ledger_balance WHERE account_id = ANY(p_accounts) ORDER BY account_id FOR UPDATE;
    UPDATE ledger_balance b SET balance_minor = b.balance_minor + d.amount
    FROM (SELECT account_id, sum(amount) AS amount FROM unnest(p_accounts, p_amounts) l(account_id, amount)
          GROUP BY account_id) d
    WHERE d.account_id = b.account_id;
    RETURN NOT EXISTS (
        SELECT FROM ledger_balance b JOIN ledger_account a USING (account_id)
        CROSS JOIN LATERAL (SELECT CASE a.normal_side WHEN 'debit' THEN 1 ELSE -1 END AS sign) side
        CROSS JOIN LATERAL (SELECT sum(amount) AS amount FROM unnest(p_accounts, p_amounts) l(id, amount)
                            WHERE l.id = b.account_id) d
        -- what adds to an account is never refused, however low it stands
        WHERE b.account_id = ANY(p_accounts) AND d.amount * side.sign < 0
          AND b.balance_minor * side.sign - b.held_minor < a.floor_minor);
END $$;

-- say which account is short (of what was moved just now), and of how much
CREATE FUNCTION ledger_refuse_shortage(p_key text, p_accounts bigint[], p_amounts bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    short record;
BEGIN
    SELECT a.code, a.branch, a.currency, -d.amount * side.sign AS wanted,
           (b.balance_minor - d.amount) * side.sign - b.held_minor - a.floor_minor AS available
    INTO short
    FROM ledger_balance b JOIN ledger_account a USING (account_id)
    CROSS JOIN LATERAL (SELECT CASE a.normal_side WHEN 'debit' THEN 1 ELSE -1 END AS sign) side
    CROSS JOIN LATERAL (SELECT sum(amount) AS amount FROM unnest(p_accounts, p_amounts) l(id, amount)
                        WHERE l.id = b.account_id) d
    WHERE b.account_id = ANY(p_accounts) AND d.amount * side.sign < 0
      AND b.balance_minor * side.sign - b.held_minor < a.floor_minor
    ORDER BY b.account_id LIMIT 1;
    RAISE EXCEPTION 'insufficient funds' USING ERRCODE = 'LF105', DETAIL = json_build_object(
        'key', p_key, 'code', short.code, 'branch', short.branch, 'currency', short.currency,
        'amount', short.wanted, 'available', short.available)::text;
END $$;
