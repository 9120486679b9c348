SELECT count(*) FROM debit_due
WHERE bank = :bank AND product = :product AND state = 'open' AND next_try <= :day
  AND (currency <> :currency OR amount_minor NOT BETWEEN :minimum AND :maximum)
