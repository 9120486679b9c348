-- the reason may be gone on another day; a due that another batch has taken since is that batch's to decide
UPDATE debit_due AS d
SET state = 'open', next_try = :next_try, sentence = 'not collected: ' || i.code || ' ' || i.reason,
    changed_at = :at
FROM debit_item AS i
WHERE i.batch_id = :batch AND d.due_id = i.due_id AND d.state = 'in-batch'
  AND i.state IN ('rejected', 'returned') AND i.code = ANY(:codes) AND d.tries < :tries
  AND i.batch_id = (
      SELECT n.batch_id FROM debit_item AS n JOIN debit_batch AS b ON b.batch_id = n.batch_id
      WHERE n.due_id = d.due_id ORDER BY b.built_at DESC LIMIT 1
  )
