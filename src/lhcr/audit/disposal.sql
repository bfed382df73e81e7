-- name: writers
SELECT writer_id, sequenced FROM audit_writer WHERE sequenced > 0 ORDER BY writer_id

-- name: count
SELECT count(*) FROM audit_entry AS e JOIN audit_writer AS w USING (writer_id)
WHERE e.recorded < $1 AND e.text IS NOT NULL AND e.seq <= w.sequenced

-- name: dispose
-- What finds an entry by person or decision goes with the text that said it; place, time and digest stay, and with them every proof.
UPDATE audit_entry SET text = NULL, salt = '', person_id = NULL, decision = NULL
WHERE writer_id = $1 AND seq >= $2 AND seq < $3 AND recorded < $4 AND text IS NOT NULL
