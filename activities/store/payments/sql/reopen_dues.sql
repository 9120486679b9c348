-- what came back is owed again: what becomes of it is decided when its batch is closed
UPDATE debit_due AS d SET state = 'in-batch', sentence = i.reference || ' came back', changed_at = :at
FROM debit_item AS i
JOIN file_fact AS f ON f.reference = i.reference
WHERE i.bank = :bank AND d.due_id = i.due_id AND i.state = 'returned' AND d.state = 'collected'
