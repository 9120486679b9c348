-- The role under which postings run, and what it may do. Safe to repeat: `leaseflow setup` does, so that a
-- role that an administrator creates later is taken into use.
--
-- Functions take the role on by themselves (SET role): one round trip, the role owns nothing, and the
-- transaction goes on under its own role afterwards. SECURITY DEFINER would need the role to own them.
-- Roles belong to the whole cluster: several databases may come here at the same moment.
DO $$
DECLARE
    posting text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'leaseflow_bookkeeper') THEN
        BEGIN
            CREATE ROLE leaseflow_bookkeeper NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of this cluster was faster
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'leaseflow_bookkeeper', 'SET') THEN
        EXECUTE format('GRANT leaseflow_bookkeeper TO %I', current_user);
    END IF;
    GRANT SELECT ON ledger_account, ledger_period TO leaseflow_bookkeeper;
    GRANT SELECT, INSERT ON ledger_journal, ledger_line, ledger_hold, ledger_hold_event
        TO leaseflow_bookkeeper;
    GRANT SELECT, INSERT, UPDATE ON ledger_voucher_counter TO leaseflow_bookkeeper;
    GRANT SELECT, UPDATE (balance_minor, held_minor) ON ledger_balance TO leaseflow_bookkeeper;
    GRANT UPDATE (state) ON ledger_hold TO leaseflow_bookkeeper;
    FOREACH posting IN ARRAY ARRAY['ledger_post', 'ledger_post_many', 'ledger_reserve', 'ledger_end_hold', 'ledger_expire_holds']
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET role = leaseflow_bookkeeper', posting::regproc::regprocedure);
    END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'postings do not run under a role of their own: %', SQLERRM
        USING HINT = 'Ask the administrator for: CREATE ROLE leaseflow_bookkeeper NOLOGIN; '
            || format('GRANT leaseflow_bookkeeper TO %I WITH SET TRUE; ', current_user)
            || 'then run leaseflow setup again. Triggers protect the books meanwhile.';
END $$;
