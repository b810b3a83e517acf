package vault

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"
)

// defaultIterations of PBKDF2-HMAC-SHA256: OWASP's Password Storage Cheat Sheet
// asks for 600,000.
const defaultIterations = 600_000

const saltSize = 16

// keychainKey reads the master key of this database from the keychain, or makes
// one. Each database has its own entry, named by a random id in the store.
func (v *Vault) keychainKey(ctx context.Context, service string) ([]byte, error) {
	if service == "" {
		service = "Mio Hub"
	}
	id, err := v.st.GetSecret(ctx, scope, idRecord)
	if err != nil {
		return nil, err
	}
	if id == nil {
		return v.newKeychainKey(ctx, service)
	}
	text, err := keyring.Get(service, string(id))
	if errors.Is(err, keyring.ErrNotFound) {
		return v.missing(ctx, service, string(id))
	}
	if err != nil {
		return nil, keychainError(err)
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("%w: the entry %q in the keychain was changed", ErrKey, service)
	}
	return key, nil
}

// newKeychainKey makes a key. The id is stored last, so that a failure leaves a
// keychain entry nobody needs, and never a database without its key.
func (v *Vault) newKeychainKey(ctx context.Context, service string) ([]byte, error) {
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return nil, err
	}
	account := "database " + hex.EncodeToString(id)
	key, err := setKeychain(service, account)
	if err != nil {
		return nil, err
	}
	return key, v.st.PutSecret(ctx, scope, idRecord, []byte(account))
}

// missing makes the key anew if nothing was sealed with the lost one.
func (v *Vault) missing(ctx context.Context, service, account string) ([]byte, error) {
	verifier, err := v.st.GetSecret(ctx, scope, verifierRecord)
	if err != nil {
		return nil, err
	}
	if verifier == nil {
		return setKeychain(service, account)
	}
	return nil, fmt.Errorf("%w: the keychain of this user on this computer has no entry %q (%s); open it where it was made, or use Forget and connect both platforms again (links and the log are kept)", ErrKey, service, account)
}

func setKeychain(service, account string) ([]byte, error) {
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	if err := keyring.Set(service, account, base64.StdEncoding.EncodeToString(key)); err != nil {
		return nil, keychainError(err)
	}
	return key, nil
}

func keychainError(err error) error {
	return fmt.Errorf("%w: unlock it and start again, or choose a passphrase instead: %w", ErrKeychain, err)
}

// passphraseKey derives the master key. Salt and number of iterations are in the
// store; a new vault gets its own.
func (v *Vault) passphraseKey(ctx context.Context, passphrase string, iterations int) ([]byte, error) {
	record, err := v.st.GetSecret(ctx, scope, saltRecord)
	if err != nil {
		return nil, err
	}
	if record == nil {
		if iterations <= 0 {
			iterations = defaultIterations
		}
		record = binary.BigEndian.AppendUint32(nil, uint32(iterations))
		salt := make([]byte, saltSize)
		if _, err := rand.Read(salt); err != nil {
			return nil, err
		}
		record = append(record, salt...)
		if err := v.st.PutSecret(ctx, scope, saltRecord, record); err != nil {
			return nil, err
		}
	}
	if len(record) != 4+saltSize {
		return nil, fmt.Errorf("%w: the record of the passphrase is damaged; restore a backup", ErrKey)
	}
	return pbkdf2.Key(sha256.New, passphrase, record[4:], int(binary.BigEndian.Uint32(record)), keySize)
}
