#!/bin/sh
# Makes verivote/page/vendor/hpke.js anew from npm: @hpke/core and @hpke/common, bundled, with what sealing needs of them.
# Needs Node and npm. The versions stand in VENDORED.toml; the same versions make the same bytes.
set -eu
target="$(cd "$(dirname "$0")/.." && pwd)/verivote/page/vendor"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund @hpke/core@1.9.0 @hpke/common@1.10.1 esbuild@0.28.2
echo 'export { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";' >sealing.js
npx esbuild sealing.js --bundle --format=esm --target=es2022 --external:crypto --legal-comments=none \
    --log-level=warning --outfile=hpke.js
mkdir -p "$target"
cp hpke.js "$target/hpke.js"
cp node_modules/@hpke/core/LICENSE "$target/hpke-core.LICENSE.txt"
cp node_modules/@hpke/common/LICENSE "$target/hpke-common.LICENSE.txt"
