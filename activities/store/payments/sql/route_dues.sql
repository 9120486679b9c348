-- a person must look at it; what the bank never answered may still be booked; a due that another batch has
-- taken since is that batch's to decide
UPDATE debit_due AS d
SET state = 'routed', changed_at = :at,
    sentence = CASE WHEN i.state = 'unanswered' THEN 'the bank never answered'
                    ELSE 'not collected: ' || i.code || ' ' || i.reason END
FROM debit_item AS i
WHERE i.batch_id = :batch AND d.due_id = i.due_id AND d.state = 'in-batch'
  AND i.state IN ('rejected', 'returned', 'unanswered')
  AND i.batch_id = (
      SELECT n.batch_id FROM debit_item AS n JOIN debit_batch AS b ON b.batch_id = n.batch_id
      WHERE n.due_id = d.due_id ORDER BY b.built_at DESC LIMIT 1
  )
