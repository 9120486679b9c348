-- What is booked stays booked, for every role, a superuser with session_replication_role = replica included
-- (ENABLE ALWAYS). To get past this one must disable a trigger, which `leaseflow ledger verify` then shows.

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: what is booked is never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'LF900', HINT = 'Post a reversal instead: leaseflow ledger reverse';
END $$;

-- a line belongs to the transaction that entered its journal: looked at once for each statement
CREATE FUNCTION ledger_refuse_late_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    late record;
BEGIN
    SELECT l.journal_id, l.line_no INTO late FROM entered l
    WHERE (SELECT j.entered_xid FROM ledger_journal j WHERE j.journal_id = l.journal_id)
          <> pg_current_xact_id()::text::bigint
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'line % comes too late for journal %', late.line_no, late.journal_id
            USING ERRCODE = 'LF901', HINT = 'A committed journal takes no more lines: post another one';
    END IF;
    RETURN NULL;
END $$;

-- at commit, once for each journal: lines can only have come in the same transaction
CREATE FUNCTION ledger_check_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint;
    off record;
BEGIN
    IF NEW.entered_xid <> pg_current_xact_id()::text::bigint THEN
        RAISE EXCEPTION 'journal % names another transaction than its own', NEW.journal_id
            USING ERRCODE = 'LF901', HINT = 'Leave entered_xid to its default';
    END IF;
    SELECT sum(per.lines), min(per.currency) FILTER (WHERE per.total <> 0) AS currency,
           min(per.total) FILTER (WHERE per.total <> 0) AS total
    INTO off
    FROM (SELECT currency, count(*) AS lines, sum(amount_minor) AS total
          FROM ledger_line WHERE journal_id = NEW.journal_id GROUP BY currency) per;
    lines := coalesce(off.sum, 0);
    IF lines < 2 OR off.currency IS NOT NULL THEN
        RAISE EXCEPTION 'journal % does not balance: % lines, % % minor units over',
            NEW.journal_id, lines, off.currency, off.total
            USING ERRCODE = 'LF902', HINT = 'Debits and credits of each currency must be equal';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER refuse_late_lines AFTER INSERT ON ledger_line
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_late_lines();
ALTER TABLE ledger_line ENABLE ALWAYS TRIGGER refuse_late_lines;

CREATE CONSTRAINT TRIGGER check_journal AFTER INSERT ON ledger_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_journal();
ALTER TABLE ledger_journal ENABLE ALWAYS TRIGGER check_journal;

DO $$
DECLARE
    booked text;
BEGIN
    FOREACH booked IN ARRAY ARRAY[
        'ledger_journal', 'ledger_line', 'ledger_seal', 'ledger_snapshot', 'ledger_period',
        'ledger_hold_event', 'ledger_business_event'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()', booked);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change', booked);
    END LOOP;
    -- these live on (a name, a state, a number), but no row of them goes away
    FOREACH booked IN ARRAY ARRAY[
        'ledger_account', 'ledger_balance', 'ledger_hold', 'ledger_voucher_counter'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER refuse_removal BEFORE DELETE OR TRUNCATE ON %I
                FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()', booked);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_removal', booked);
    END LOOP;
END $$;

-- what an account or a hold is does not change; what state it is in may
CREATE TRIGGER refuse_other_identity BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN ((OLD.account_id, OLD.book, OLD.code, OLD.branch, OLD.currency, OLD.category, OLD.normal_side)
          IS DISTINCT FROM
          (NEW.account_id, NEW.book, NEW.code, NEW.branch, NEW.currency, NEW.category, NEW.normal_side)
          OR OLD.status = 'closed')
    EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER refuse_other_identity;

CREATE TRIGGER refuse_other_hold BEFORE UPDATE ON ledger_hold FOR EACH ROW
    WHEN ((OLD.hold_id, OLD.book, OLD.hold_key, OLD.account_id, OLD.amount_minor)
          IS DISTINCT FROM (NEW.hold_id, NEW.book, NEW.hold_key, NEW.account_id, NEW.amount_minor)
          OR OLD.state <> 'reserved')
    EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_hold ENABLE ALWAYS TRIGGER refuse_other_hold;
