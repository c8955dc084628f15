-- Who may do what. Whoever may select sees wraps, which open nothing without the vault. Nobody logs in as the owner, and rows go
-- only through the owner's functions.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA keys FROM PUBLIC;
GRANT USAGE ON SCHEMA keys TO liggaren_keys, liggaren_destroyer;

GRANT SELECT, INSERT ON keys.data_key, keys.wrap, keys.stream_subject, keys.command_key TO liggaren_keys;
GRANT SELECT ON keys.destroyed_key TO liggaren_keys;
GRANT EXECUTE ON FUNCTION keys.lock_streams, keys.persons, keys.present, keys.leave, keys.obtain, keys.bind, keys.add, keys.rewrap, keys.add_command_key,
    keys.destroy_old_command_keys TO liggaren_keys;

GRANT SELECT ON keys.data_key, keys.stream_subject, keys.destroyed_key TO liggaren_destroyer;
GRANT EXECUTE ON FUNCTION keys.persons, keys.key_ids, keys.destroy, keys.replay, keys.rewrite_files, keys.destroy_old_command_keys
    TO liggaren_destroyer;
