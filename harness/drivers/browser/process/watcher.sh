# Outlives prodiff by a moment: ends a process group and removes its folder when prodiff is gone without having done so.
# $1 is the folder. Standard input is a pipe that prodiff holds: a line with the group, and `done` when prodiff cleaned up
# itself. When prodiff dies, however it dies, the system closes the pipe and `read` returns.
trap '' HUP INT QUIT TERM
cd / || exit 1
group=
read -r group && read -r word && [ "$word" = done ] && exit 0
wait_until_gone() {
    tries=0
    while kill -s 0 -- "-$group" 2>/dev/null && [ "$tries" -lt 20 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
}
if [ -n "$group" ]; then
    kill -s TERM -- "-$group" 2>/dev/null
    wait_until_gone
    kill -s KILL -- "-$group" 2>/dev/null
    wait_until_gone
fi
# A process that is still ending may write once more.
tries=0
while [ -e "$1" ] && [ "$tries" -lt 50 ]; do
    rm -rf -- "$1" 2>/dev/null
    [ -e "$1" ] && sleep 0.1
    tries=$((tries + 1))
done
