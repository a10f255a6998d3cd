/** How an engine that cannot start without SQLite tells its starter, before there is a socket to tell it over. */
export const SQLITE_MISSING_EXIT = 78;
