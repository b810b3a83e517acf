package sandbox

import (
	"fmt"
	"math/rand/v2"
)

const base62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func letters(rng *rand.Rand, alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return string(b)
}

// googleUserID has the shape of a Directory user id: 21 digits.
func googleUserID(rng *rand.Rand) string {
	return fmt.Sprintf("1%d", rng.IntN(2)) + letters(rng, "0123456789", 19)
}

// googleCustomerID has the shape of a Workspace customer id.
func googleCustomerID(rng *rand.Rand) string {
	return "C0" + letters(rng, "0123456789abcdefghijklmnopqrstuvwxyz", 7)
}

// googleSpaceID has the shape of what follows "spaces/" in a space's name.
func googleSpaceID(rng *rand.Rand) string { return "AAQA" + letters(rng, base62, 7) }

// guid is a random (version 4) GUID, as Entra gives to every object.
func guid(rng *rand.Rand) string {
	hi, lo := rng.Uint64(), rng.Uint64()
	hi = hi&^uint64(0xf000) | 0x4000
	lo = lo&^(uint64(3)<<62) | uint64(2)<<62
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&0xffffffffffff)
}

// teamsChannelID has the shape of a channel's id.
func teamsChannelID(rng *rand.Rand) string {
	return fmt.Sprintf("19:%016x%016x@thread.tacv2", rng.Uint64(), rng.Uint64())
}
