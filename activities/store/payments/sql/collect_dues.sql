-- what is settled is collected
UPDATE debit_due AS d SET state = 'collected', sentence = i.reference, changed_at = :at
FROM debit_item AS i
JOIN file_fact AS f ON f.reference = i.reference
WHERE i.bank = :bank AND d.due_id = i.due_id AND i.state = 'settled' AND d.state IN ('in-batch', 'routed')
