// Package vault seals secrets with a master key before they reach the store:
// AES-256-GCM under one random key that is kept in the operating system's
// keychain, derived from a passphrase, or held in memory only.
//
// The keychain holds the key and nothing else, because keychains are small: on
// Windows an entry has room for 2,560 bytes, less than a service account's file.
// What is sealed is bound to its place: a value moved to another scope or key in
// the file does not open there.
package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"miohub/app/store"
	"miohub/platforms"
)

// The reasons why a vault does not open. Each message says what to do.
var (
	// ErrPassphrase: the passphrase is not the one the vault was made with.
	ErrPassphrase = errors.New("wrong passphrase")
	// ErrKey: the master key is missing, or not the one that sealed what is stored.
	ErrKey = errors.New("the master key does not open this database")
	// ErrKeychain: there is no keychain, or it is locked.
	ErrKeychain = errors.New("the keychain cannot be used")
	// ErrSealed: a value was damaged, moved, or sealed with another key.
	ErrSealed = errors.New("a sealed value does not open")
)

// Options say where the master key is. Exactly one of Keychain, Passphrase and
// Memory is set.
type Options struct {
	Keychain   bool   // the operating system's keychain
	Passphrase string // derived from it; needed at every start
	Memory     bool   // made now and forgotten at exit: sign in again at every start
	// Service is the name of the keychain entry; "" means "Mio Hub".
	Service string
	// Iterations of PBKDF2 for a new vault; 0 means 600,000. An existing vault
	// keeps its own number.
	Iterations int
}

// Kind is where a vault's key is kept.
type Kind string

// The kinds of vault.
const (
	InKeychain   Kind = "keychain"
	InPassphrase Kind = "passphrase"
	InMemory     Kind = "memory"
)

// Vault seals and opens. Its methods may be called from several goroutines.
type Vault struct {
	st   *store.Store
	kind Kind
	aead cipher.AEAD
}

// scope of the vault's own records in the store.
const scope = "vault"

// keys of those records. Each mode has its own, so that a hub that was started
// with the wrong option finds out instead of making a second key.
const (
	kindRecord     = "kind"
	verifierRecord = "verifier"
	saltRecord     = "salt" // iterations and salt of a passphrase
	idRecord       = "id"   // account name of the keychain entry
)

// Open opens the vault of a database, or makes one. A database whose secrets
// were sealed in another way is refused with what to do.
func Open(ctx context.Context, st *store.Store, opt Options) (*Vault, error) {
	kind, err := opt.kind()
	if err != nil {
		return nil, fmt.Errorf("vault: open: %w", err)
	}
	// Two processes that open a new database must not make two keys.
	release, err := st.Lock(ctx, "vault")
	if err != nil {
		return nil, fmt.Errorf("vault: open: %w", err)
	}
	defer release()
	v := &Vault{st: st, kind: kind}
	if err := v.agree(ctx, kind); err != nil {
		return nil, fmt.Errorf("vault: open: %w", err)
	}
	var key []byte
	switch kind {
	case InKeychain:
		key, err = v.keychainKey(ctx, opt.Service)
	case InPassphrase:
		key, err = v.passphraseKey(ctx, opt.Passphrase, opt.Iterations)
	case InMemory:
		key = make([]byte, keySize)
		_, err = rand.Read(key)
	}
	if err != nil {
		return nil, fmt.Errorf("vault: open: %w", err)
	}
	if err := v.use(key); err != nil {
		return nil, fmt.Errorf("vault: open: %w", err)
	}
	if kind == InMemory {
		return v, nil
	}
	if err := v.verify(ctx); err != nil {
		return nil, fmt.Errorf("vault: open: %w", err)
	}
	return v, nil
}

const keySize = 32

func (o Options) kind() (Kind, error) {
	var kinds []Kind
	if o.Keychain {
		kinds = append(kinds, InKeychain)
	}
	if o.Passphrase != "" {
		kinds = append(kinds, InPassphrase)
	}
	if o.Memory {
		kinds = append(kinds, InMemory)
	}
	if len(kinds) != 1 {
		return "", errors.New("choose where the master key is: the keychain, a passphrase, or memory")
	}
	return kinds[0], nil
}

// Kind is where the vault's key is kept.
func (v *Vault) Kind() Kind { return v.kind }

// Stored tells how the secrets in a database are sealed, "" when nothing was
// sealed for longer than a process lives. It helps to choose the options.
func Stored(ctx context.Context, st *store.Store) (Kind, error) {
	b, err := st.GetSecret(ctx, scope, kindRecord)
	return Kind(b), err
}

// agree refuses to open a database in another way than it was sealed.
func (v *Vault) agree(ctx context.Context, kind Kind) error {
	was, err := Stored(ctx, v.st)
	if err != nil {
		return err
	}
	if was == "" || was == kind {
		return nil
	}
	hint := map[Kind]string{
		InKeychain:   "open it without a passphrase, as the user whose keychain has the key",
		InPassphrase: "give the passphrase it was made with",
	}[was]
	return fmt.Errorf("%w: its secrets are sealed with a key from the %s: %s", ErrKey, was, hint)
}

// use turns the master key into the cipher. The key itself is not used to seal,
// so that further keys can be derived from it.
func (v *Vault) use(master []byte) error {
	key, err := hkdf.Key(sha256.New, master, nil, "miohub secrets v1", keySize)
	if err != nil {
		return err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	v.aead, err = cipher.NewGCM(block)
	return err
}

// verifierText is sealed when a vault is made and opened whenever it is opened.
const verifierText = "this vault opens"

// verify proves the key against what was sealed first, or seals it.
func (v *Vault) verify(ctx context.Context) error {
	sealed, err := v.st.GetSecret(ctx, scope, verifierRecord)
	if err != nil {
		return err
	}
	if sealed == nil {
		if sealed, err = v.Seal(scope, []byte(verifierText)); err != nil {
			return err
		}
		if err := v.st.PutSecret(ctx, scope, kindRecord, []byte(v.kind)); err != nil {
			return err
		}
		return v.st.PutSecret(ctx, scope, verifierRecord, sealed)
	}
	if _, err := v.Unseal(scope, sealed); err == nil {
		return nil
	}
	if v.kind == InPassphrase {
		return fmt.Errorf("%w: try again; if it is lost, use Forget and connect both platforms again (links and the log are kept)", ErrPassphrase)
	}
	return fmt.Errorf("%w: the keychain has another one; open it on the computer and as the user it was made with, or use Forget and connect both platforms again (links and the log are kept)", ErrKey)
}

// Seal encrypts b for one scope: a random nonce, the text and its tag.
func (v *Vault) Seal(scope string, b []byte) ([]byte, error) {
	nonce := make([]byte, v.aead.NonceSize(), v.aead.NonceSize()+len(b)+v.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("vault: seal: %w", err)
	}
	return v.aead.Seal(nonce, nonce, b, []byte(scope)), nil
}

// Unseal undoes Seal for the same scope, or fails with ErrSealed.
func (v *Vault) Unseal(scope string, sealed []byte) ([]byte, error) {
	n := v.aead.NonceSize()
	if len(sealed) < n {
		return nil, fmt.Errorf("vault: unseal: %w", ErrSealed)
	}
	b, err := v.aead.Open(nil, sealed[:n], sealed[n:], []byte(scope))
	if err != nil {
		return nil, fmt.Errorf("vault: unseal: %w", ErrSealed)
	}
	return b, nil
}

// Forget removes everything that is sealed with a key that is lost, and the
// vault's own records, so that a new vault can be opened on the database. Queued
// messages cannot be read any more and are abandoned.
func Forget(ctx context.Context, st *store.Store) error {
	if err := st.ForgetSealed(ctx); err != nil {
		return fmt.Errorf("vault: forget: %w", err)
	}
	return nil
}

// Secrets are a platform's sealed values.
func (v *Vault) Secrets(platform platforms.ID) platforms.Values {
	return secrets{v: v, scope: "platform:" + string(platform)}
}

// secrets implements platforms.Values over sealed records.
type secrets struct {
	v     *Vault
	scope string
}

var _ platforms.Values = secrets{}

// Get implements platforms.Values; "" for what is not there or does not open.
func (s secrets) Get(key string) string {
	sealed, err := s.v.st.GetSecret(context.Background(), s.scope, key)
	if err != nil || sealed == nil {
		return ""
	}
	b, err := s.v.Unseal(s.scope+"\x00"+key, sealed)
	if err != nil {
		return ""
	}
	return string(b)
}

// Put implements platforms.Values.
func (s secrets) Put(ctx context.Context, key, value string) error {
	sealed, err := s.v.Seal(s.scope+"\x00"+key, []byte(value))
	if err != nil {
		return err
	}
	return s.v.st.PutSecret(ctx, s.scope, key, sealed)
}

// Delete implements platforms.Values.
func (s secrets) Delete(ctx context.Context, key string) error {
	return s.v.st.DeleteSecret(ctx, s.scope, key)
}
