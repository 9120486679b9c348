-- a person must look at it; what the bank never answered may still be booked
UPDATE debit_due AS d
SET state = 'routed', changed_at = :at,
    sentence = CASE WHEN i.state = 'unanswered' THEN 'the bank never answered'
                    ELSE 'not collected: ' || i.code || ' ' || i.reason END
FROM debit_item AS i
WHERE i.batch_id = :batch AND d.due_id = i.due_id AND d.state = 'in-batch'
  AND i.state IN ('rejected', 'returned', 'unanswered')
