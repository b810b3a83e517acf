package google

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/iam/v1"
	"google.golang.org/api/option"

	"miohub/platforms"
	"miohub/platforms/oauth"
	"miohub/platforms/transport"
)

const (
	keyAges   = 30 * 24 * time.Hour // from here on a new key is a good idea
	keyTooOld = 90 * 24 * time.Hour // Google's advice is to replace keys at least this often

	// bogusCode is redeemed to learn what Google thinks of the client alone.
	bogusCode = "mio-hub-asks-whether-client-and-secret-are-good"
)

// checkClient asks Google about the OAuth client without a browser: a code that
// cannot be good is refused with invalid_grant when client id and secret are,
// and with invalid_client otherwise.
func (w *workspace) checkClient(ctx context.Context) platforms.Finding {
	if w.client == nil {
		return skipped("The OAuth client file has not been chosen yet.", "Choose it in the first step.")
	}
	cfg := w.oauthConfig()
	cfg.RedirectURL = "http://127.0.0.1"
	_, err := cfg.Exchange(context.WithValue(transport.Idempotent(ctx), oauth2.HTTPClient, w.tokenClient()), bogusCode)
	err = oauth.Failure("google: ask about the OAuth client", err)
	var e *platforms.Error
	if errors.As(err, &e) && e.Code == "invalid_grant" {
		return platforms.Finding{Status: platforms.Pass, Evidence: "Google knows the client " + w.client.ID + " and its secret."}
	}
	if err == nil {
		return platforms.Finding{Status: platforms.Warn, Cause: "Google accepted a code that cannot be good.", Fix: "Check that this computer's connection to Google is not tampered with."}
	}
	return w.finding(err)
}

// checkKeyAge asks how old the service account's key is, as the service account
// itself, which may look at its own keys where a role lets it.
func (w *workspace) checkKeyAge(ctx context.Context) platforms.Finding {
	if f, missing := w.noAccount(); missing {
		return f
	}
	if w.account.Key == "" {
		return platforms.Finding{Status: platforms.Pass, Evidence: "There is no key that could grow old: Google signs for " + w.account.Email + "."}
	}
	client, err := w.clientAs(actor{"", scopeCloud}, w.endpoints.iam)
	if err != nil {
		return w.finding(err)
	}
	api, err := iam.NewService(ctx, option.WithEndpoint(w.endpoints.iam), option.WithHTTPClient(client))
	if err != nil {
		return w.finding(failed("IAM client", err))
	}
	name := fmt.Sprintf("projects/-/serviceAccounts/%s/keys/%s", w.account.Email, w.account.KeyID)
	key, err := api.Projects.ServiceAccounts.Keys.Get(name).Context(ctx).Do()
	if err = failed("read the age of the key", err); err != nil {
		f := w.finding(err)
		if f.Status == platforms.Fail {
			// Nothing depends on it.
			f.Status = platforms.Warn
			f.Cause = strings.TrimSpace("How old the key is could not be read. " + f.Cause)
		}
		return f
	}
	return keyAge(key.ValidAfterTime, w.env.Now(), placeOf(w.env.Values).accounts())
}

func keyAge(since string, now time.Time, console string) platforms.Finding {
	made, err := time.Parse(time.RFC3339, since)
	if err != nil {
		return platforms.Finding{Status: platforms.Warn, Cause: "Google did not say how old the key is.", Fix: "Look at it in the Cloud console.", FixURL: console}
	}
	age := now.Sub(made)
	days := int(age / (24 * time.Hour))
	f := platforms.Finding{Status: platforms.Pass, Evidence: fmt.Sprintf("The key was made %s ago, on %s.", daysOf(days), made.Format("2 January 2006"))}
	if age < keyAges {
		return f
	}
	f.Status, f.FixURL = platforms.Warn, console
	f.Cause = "The key is more than 30 days old. An old key is more likely to have been copied."
	f.Fix = "Create a new key, choose its file in the first step, and delete the old one. Delegation without a key file needs none."
	if age >= keyTooOld {
		f.Cause = "The key is more than 90 days old, which is older than Google advises."
	}
	return f
}

func daysOf(n int) string {
	if n == 1 {
		return "one day"
	}
	return fmt.Sprintf("%d days", n)
}
