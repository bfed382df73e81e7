-- $1: the provider, $2: its session, $3: the user; '' for what was not told. A session that names no session of the provider's is meant
-- where its user is.

-- name: end_sessions
DELETE FROM session
WHERE service = $1 AND service <> ''
  AND (provider_session = $2 AND $2 <> '' OR user_id = $3 AND $3 <> '' AND ($2 = '' OR provider_session = ''))
RETURNING id_digest, claims

-- name: end_choices
DELETE FROM role_choice
WHERE service = $1 AND service <> ''
  AND (provider_session = $2 AND $2 <> ''
       OR ($2 = '' OR provider_session = '') AND $3 <> ''
          AND convert_from(roles, 'UTF8')::jsonb @> jsonb_build_array(jsonb_build_object('sub', $3::text)))
