-- what came back is owed again: what becomes of it is decided when its batch is closed; a due that went on to
-- another batch and was collected there stays collected, however often the first return is told
UPDATE debit_due AS d SET state = 'in-batch', sentence = i.reference || ' came back', changed_at = :at
FROM debit_item AS i
JOIN file_fact AS f ON f.reference = i.reference
WHERE i.bank = :bank AND d.due_id = i.due_id AND i.state = 'returned' AND d.state = 'collected'
  AND i.batch_id = (
      SELECT n.batch_id FROM debit_item AS n JOIN debit_batch AS b ON b.batch_id = n.batch_id
      WHERE n.due_id = d.due_id ORDER BY b.built_at DESC LIMIT 1
  )
