#!/bin/sh
# Puts a `julia` into a folder that wants one: the one on the path, or that of Debian 11, unpacked below the folder (60 MB to fetch, 330 MB of disk). Nothing is
# installed, and the system's packages and their sources stay as they are.
#     sh tests/hosts/julia.sh target/hosts/julia
set -eu
folder=$(realpath -m "$1")
mkdir -p "$folder"
if found=$(command -v julia); then
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$found" >"$folder/julia"
    chmod +x "$folder/julia"
    exit
fi
fail() {
    echo "make test-hosts: there is no julia on the path, and $1; please install Julia 1.5.3 or later (https://julialang.org)" >&2
    exit 1
}
command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail 'it cannot be fetched without apt-get'
test "$(dpkg --print-architecture)" = amd64 || fail 'the one of Debian 11 is fetched for amd64 only'
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep '/debian/*$' | head -n 1)
test -n "$mirror" || fail 'the sources of this system have no mirror of Debian'
keys=/usr/share/keyrings/debian-archive-keyring.gpg
test -f $keys || fail "$keys is missing (package debian-archive-keyring)"
echo 'fetching julia and its libraries from Debian 11' >&2
mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/packages" "$folder/root"
echo "deb [signed-by=$keys] $mirror bullseye main" >"$folder/sources.list"
: >"$folder/status"
apt() {
    apt-get -q -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache" \
        -o Dir::State::status="$folder/status" -o APT::Sandbox::User=root -o Acquire::Languages=none "$@" >&2
}
apt update || fail 'the lists of Debian 11 cannot be fetched'
# Without libc6: julia must run with the one of this system.
(cd "$folder/packages" && apt download julia julia-common libjulia1 libllvm9 libffi7 libz3-4 libutf8proc2 libunwind8 libgfortran5 libgmp10 libmpfr6 libpcre2-8-0 \
    libopenlibm3 libdsfmt-19937-1) || fail 'its packages cannot be fetched'
for package in "$folder"/packages/*.deb; do
    dpkg -x "$package" "$folder/root"
done
libraries=$folder/root/usr/lib/x86_64-linux-gnu
cat >"$folder/julia" <<END
#!/bin/sh
LD_LIBRARY_PATH=$libraries/julia:$libraries:\${LD_LIBRARY_PATH-} exec $folder/root/usr/bin/julia "\$@"
END
chmod +x "$folder/julia"
"$folder/julia" --startup-file=no -e 'print(VERSION)' >/dev/null || { rm "$folder/julia"; fail 'that of Debian 11 does not run here'; }
