UPDATE debit_item AS i SET state = 'rejected', code = f.code, reason = f.reason, changed_at = :at
FROM file_fact AS f
WHERE i.bank = :bank AND i.reference = f.reference AND f.said = 'rejected'
  AND i.state IN ('built', 'sent', 'taken', 'unanswered')
