SELECT DISTINCT f.reference FROM file_fact AS f
WHERE NOT f.whole_file
  AND NOT EXISTS (SELECT FROM debit_item AS i WHERE i.bank = :bank AND i.reference = f.reference)
  AND NOT EXISTS (SELECT FROM payment AS p WHERE p.bank = :bank AND p.payment_id = f.reference)
