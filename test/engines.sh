#!/usr/bin/env bash
# Runs a test binary for go test -exec; one whose package is among HOUSES, which open a
# whole house, also on PostgreSQL and with the gm suite, without linking it anew.
# Collecting garbage was a fifth of the work of processes that end soon.
set -u
: "${HOUSES:?names no package that opens a house}"
export GOGC=${GOGC:-400}
status=0
"$@" || status=1
case " $HOUSES " in
*" $PWD "*)
	echo "once more on PostgreSQL"
	WARDFOLD_TEST_DB=postgres "$@" -test.short || status=1
	echo "once more with the gm suite"
	WARDFOLD_TEST_SUITE=gm "$@" -test.short || status=1
	;;
esac
exit $status
