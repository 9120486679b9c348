UPDATE debit_item AS i SET state = 'taken', changed_at = :at
FROM file_fact AS f
WHERE i.bank = :bank AND i.reference = f.reference AND f.said = 'taken'
  AND i.state IN ('built', 'sent', 'unanswered')
