-- a return that overtakes its settlement counts for both: their vouchers are posted together
UPDATE debit_item AS i
SET state = 'returned', code = f.code, reason = f.reason, return_date = f.value_date, changed_at = :at
FROM file_fact AS f
WHERE i.bank = :bank AND i.reference = f.reference AND f.said = 'settled' AND f.comes_back
  AND (f.amount = '' OR (f.amount_minor = i.amount_minor AND f.currency = i.currency))
  AND i.state IN ('settled', 'built', 'sent', 'taken', 'unanswered')
