-- Everything due moves into a batch; rows that another batch is taking just now are left to it.
WITH picked AS (
    SELECT due_id FROM debit_due
    WHERE bank = :bank AND product = :product AND currency = :currency AND state = 'open'
      AND next_try <= :day AND amount_minor BETWEEN :minimum AND :maximum
    FOR UPDATE SKIP LOCKED
),
moved AS (
    UPDATE debit_due AS d SET state = 'in-batch', tries = d.tries + 1, sentence = :batch, changed_at = :at
    FROM picked
    WHERE d.due_id = picked.due_id
    RETURNING d.*
),
numbered AS (
    SELECT moved.*, row_number() OVER (ORDER BY due_date, due_id) AS item_no FROM moved
)
INSERT INTO debit_item (
    batch_id, item_no, due_id, bank, reference, business_reference, branch, debtor_name, debtor_account,
    debtor_bank, mandate, mandate_signed, amount_minor, currency, state, code, reason, bank_reference,
    settled_in, changed_at
)
SELECT :batch, item_no, due_id, bank, :batch || '-' || lpad(item_no::text, 6, '0'), business_reference, branch,
       debtor_name, debtor_account, debtor_bank, mandate, mandate_signed, amount_minor, currency, 'built', '',
       '', '', '', :at
FROM numbered
