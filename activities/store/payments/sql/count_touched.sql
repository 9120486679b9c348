SELECT i.batch_id, count(DISTINCT i.item_no) AS items
FROM debit_item AS i
JOIN file_fact AS f ON f.reference = i.reference
WHERE i.bank = :bank
GROUP BY i.batch_id
