UPDATE debit_item AS i
SET state = 'settled', bank_reference = f.bank_reference, value_date = f.value_date, settled_in = :kind,
    code = '', reason = '', changed_at = :at
FROM file_fact AS f
WHERE i.bank = :bank AND i.reference = f.reference AND f.said = 'settled' AND NOT f.comes_back
  AND (f.amount = '' OR (f.amount_minor = i.amount_minor AND f.currency = i.currency))
  AND i.state IN ('built', 'sent', 'taken', 'unanswered')
