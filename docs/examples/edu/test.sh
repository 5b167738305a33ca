#!/bin/sh
# What is written to the card can be read back.
set -e
insmod edu.ko
echo 'there and back' > /dev/edu
read -r line < /dev/edu || true
[ "$line" = 'there and back' ] || { echo "read '$line'"; exit 1; }
echo passed
