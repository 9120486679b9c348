-- a batch was turned down: its dues are open again, as if they had never been in it
UPDATE debit_due AS d
SET state = 'open', tries = d.tries - 1, sentence = 'batch ' || :batch || ' was turned down', changed_at = :at
FROM debit_item AS i
WHERE i.batch_id = :batch AND d.due_id = i.due_id AND d.state = 'in-batch'
