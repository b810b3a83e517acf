package vault_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"miohub/app/store"
	"miohub/app/vault"

	"github.com/zalando/go-keyring"
	"pgregory.net/rapid"
)

// quick keeps tests fast; the number is stored in the database.
const quick = 10

func openStore(t *testing.T, path string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

func newStore(t *testing.T) *store.Store { return openStore(t, filepath.Join(t.TempDir(), "hub.db")) }

func open(t *testing.T, st *store.Store, opt vault.Options) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), st, opt)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSecretsSurviveARestart(t *testing.T) {
	keyring.MockInit()
	for _, tc := range []struct {
		name string
		opt  vault.Options
	}{
		{"keychain", vault.Options{Keychain: true, Service: "Mio Hub test"}},
		{"passphrase", vault.Options{Passphrase: "correct horse", Iterations: quick}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			st := newStore(t)
			secrets := open(t, st, tc.opt).Secrets("google")
			if err := secrets.Put(t.Context(), "refresh", "1//token"); err != nil {
				t.Fatal(err)
			}
			again := open(t, st, tc.opt)
			if got := again.Secrets("google").Get("refresh"); got != "1//token" {
				t.Errorf("after a restart: %q", got)
			}
			if got := again.Secrets("microsoft").Get("refresh"); got != "" {
				t.Errorf("another platform reads %q", got)
			}
			if err := again.Secrets("google").Delete(t.Context(), "refresh"); err != nil {
				t.Fatal(err)
			}
			if got := secrets.Get("refresh"); got != "" {
				t.Errorf("after delete: %q", got)
			}
		})
	}
}

func TestMemoryForgetsAtExit(t *testing.T) {
	st := newStore(t)
	first := open(t, st, vault.Options{Memory: true})
	if err := first.Secrets("google").Put(t.Context(), "refresh", "x"); err != nil {
		t.Fatal(err)
	}
	if got := first.Secrets("google").Get("refresh"); got != "x" {
		t.Fatalf("in the same process: %q", got)
	}
	if got := open(t, st, vault.Options{Memory: true}).Secrets("google").Get("refresh"); got != "" {
		t.Errorf("the next process reads %q", got)
	}
	if kind, err := vault.Stored(t.Context(), st); err != nil || kind != "" {
		t.Errorf("Stored = %q, %v; a vault in memory leaves no mark", kind, err)
	}
}

func TestNothingReadableReachesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	st := openStore(t, path)
	v := open(t, st, vault.Options{Passphrase: "pass", Iterations: quick})
	if err := v.Secrets("google").Put(t.Context(), "key", "BEGIN PRIVATE KEY"); err != nil {
		t.Fatal(err)
	}
	sealed, err := st.GetSecret(t.Context(), "platform:google", "key")
	if err != nil || len(sealed) == 0 || bytes.Contains(sealed, []byte("PRIVATE")) {
		t.Fatalf("stored %q, %v", sealed, err)
	}
}

func TestAValueOpensOnlyWhereItWasPut(t *testing.T) {
	st := newStore(t)
	v := open(t, st, vault.Options{Passphrase: "pass", Iterations: quick})
	if err := v.Secrets("google").Put(t.Context(), "a", "secret"); err != nil {
		t.Fatal(err)
	}
	sealed, err := st.GetSecret(t.Context(), "platform:google", "a")
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range [][2]string{{"platform:google", "b"}, {"platform:microsoft", "a"}} {
		if err := st.PutSecret(t.Context(), place[0], place[1], sealed); err != nil {
			t.Fatal(err)
		}
	}
	if got := v.Secrets("google").Get("b") + v.Secrets("microsoft").Get("a"); got != "" {
		t.Errorf("a moved value opens: %q", got)
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	keyring.MockInit()
	sealedWith := func(opt vault.Options) *store.Store {
		st := newStore(t)
		open(t, st, opt)
		return st
	}
	lost := sealedWith(vault.Options{Keychain: true})
	keyring.MockInit() // the keychain of somebody else: empty
	locked := errors.New("locked")
	for _, tc := range []struct {
		name  string
		st    *store.Store
		opt   vault.Options
		setup func()
		want  error
		says  string
	}{
		{name: "wrong passphrase", st: sealedWith(vault.Options{Passphrase: "right", Iterations: quick}), opt: vault.Options{Passphrase: "wrong"}, want: vault.ErrPassphrase, says: "try again"},
		{name: "passphrase vault opened with the keychain", st: sealedWith(vault.Options{Passphrase: "right", Iterations: quick}), opt: vault.Options{Keychain: true}, want: vault.ErrKey, says: "give the passphrase"},
		{name: "passphrase vault opened in memory", st: sealedWith(vault.Options{Passphrase: "right", Iterations: quick}), opt: vault.Options{Memory: true}, want: vault.ErrKey, says: "give the passphrase"},
		{name: "keychain entry gone", st: lost, opt: vault.Options{Keychain: true}, want: vault.ErrKey, says: "where it was made"},
		{name: "keychain vault opened with a passphrase", st: lost, opt: vault.Options{Passphrase: "p", Iterations: quick}, want: vault.ErrKey, says: "without a passphrase"},
		{name: "nothing chosen", st: newStore(t), says: "choose"},
		{name: "keychain locked", st: newStore(t), opt: vault.Options{Keychain: true}, setup: func() { keyring.MockInitWithError(locked) }, want: vault.ErrKeychain, says: "choose a passphrase"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.setup != nil {
				tc.setup()
			}
			_, err := vault.Open(t.Context(), tc.st, tc.opt)
			if err == nil || !strings.Contains(err.Error(), tc.says) || tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("Open = %v, want %v that says %q", err, tc.want, tc.says)
			}
		})
	}
}

func TestForgetMakesRoomForANewVault(t *testing.T) {
	st := newStore(t)
	v := open(t, st, vault.Options{Passphrase: "lost", Iterations: quick})
	if err := v.Secrets("google").Put(t.Context(), "a", "secret"); err != nil {
		t.Fatal(err)
	}
	if err := vault.Forget(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	v = open(t, st, vault.Options{Passphrase: "new", Iterations: quick})
	if got := v.Secrets("google").Get("a"); got != "" {
		t.Errorf("an old secret is still there: %q", got)
	}
}

func TestSealProperties(t *testing.T) {
	v := open(t, newStore(t), vault.Options{Memory: true})
	rapid.Check(t, func(t *rapid.T) {
		scope := rapid.String().Draw(t, "scope")
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		sealed, err := v.Seal(scope, text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.Unseal(scope, sealed); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("Unseal = %q, %v", got, err)
		}
		if _, err := v.Unseal(scope+"x", sealed); !errors.Is(err, vault.ErrSealed) {
			t.Fatalf("opened in another scope: %v", err)
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		sealed[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bit"))
		if _, err := v.Unseal(scope, sealed); !errors.Is(err, vault.ErrSealed) {
			t.Fatalf("opened after damage: %v", err)
		}
		if _, err := v.Unseal(scope, sealed[:rapid.IntRange(0, len(sealed)-1).Draw(t, "cut")]); !errors.Is(err, vault.ErrSealed) {
			t.Fatalf("opened after a cut: %v", err)
		}
	})
}
