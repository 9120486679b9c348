-- the reason may be gone on another day
UPDATE debit_due AS d
SET state = 'open', next_try = :next_try, sentence = 'not collected: ' || i.code || ' ' || i.reason,
    changed_at = :at
FROM debit_item AS i
WHERE i.batch_id = :batch AND d.due_id = i.due_id AND d.state = 'in-batch'
  AND i.state IN ('rejected', 'returned') AND i.code = ANY(:codes) AND d.tries < :tries
