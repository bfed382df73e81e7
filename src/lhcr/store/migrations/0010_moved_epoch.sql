-- What a write asks for in place of a person's next epoch where the epoch is not that at which the write was permitted: it fails
-- the whole statement, and says why in the server's log. It takes the epoch, which it does not need, so that no planner may think
-- that it can be asked before there is a row.
CREATE FUNCTION epoch_moved(epoch bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RAISE EXCEPTION 'a person has changed since a write was permitted, which is decided on again'
        USING ERRCODE = 'LH001';
END
$$;
