package microsoft

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"miohub/platforms"
	"miohub/platforms/oauth"
)

// maxDiscovery bounds the authority's description of a tenant.
const maxDiscovery = 1 << 20

// isGUID recognises the form of Entra's ids.
func isGUID(s string) bool {
	return regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(s)
}

// checkRegistration tells apart what can be wrong with the two ids before
// anything is asked for with them.
func (s *session) checkRegistration(ctx context.Context) platforms.Finding {
	if s.clientID == "" || s.tenant == "" {
		return skipped("The application (client) id or the tenant is not known yet.")
	}
	if !isGUID(s.clientID) {
		return platforms.Finding{
			Status: platforms.Fail, Evidence: fmt.Sprintf("“%s” has %d characters.", abbreviate(s.clientID), len(s.clientID)),
			Cause: "This is not an application (client) id, which looks like 00000000-0000-0000-0000-000000000000. A client secret's value was perhaps pasted in its place.",
			Fix:   "Copy the application (client) id from the registration's overview.", FixURL: s.link(linkRegistration),
		}
	}
	id, off, err := s.tenantID(ctx)
	if err != nil {
		return s.explain(err)
	}
	if isGUID(s.tenant) && !strings.EqualFold(id, s.tenant) {
		return platforms.Finding{
			Status: platforms.Fail, Evidence: "Entra answers for " + id + ".", Cause: "The tenant's id stands for another tenant.",
			Fix: "Compare the directory (tenant) id with the tenant's overview.", FixURL: s.link(linkTenant),
		}
	}
	f := passed("Entra knows the tenant %s (%s).", s.tenant, id)
	if off > clockSlack || off < -clockSlack {
		f.Status, f.Cause = platforms.Warn, fmt.Sprintf("This computer's clock is wrong by %s. What the certificate signs is refused when it is more.", off.Abs().Round(time.Second))
		f.Fix = "Set the clock, or have it set by the network."
	}
	return f
}

// abbreviate shows the beginning of what may be a secret in the wrong field.
func abbreviate(text string) string {
	if len(text) <= 6 {
		return text
	}
	return strings.ToValidUTF8(text[:4], "") + "…"
}

// tenantID asks the authority which tenant the one that was entered is: its
// OpenID Connect discovery document names it as the issuer. off is how far this
// computer's clock is ahead of the authority's.
func (s *session) tenantID(ctx context.Context) (id string, off time.Duration, err error) {
	const op = "microsoft: look the tenant up"
	at := authorityOf(s.env.Values) + url.PathEscape(s.tenant) + "/v2.0/.well-known/openid-configuration"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		return "", 0, &platforms.Error{Kind: platforms.Invalid, Op: op, Err: err, Text: "the tenant's id or domain cannot be part of an address"}
	}
	res, err := s.authorityClient().Do(req)
	if err != nil {
		return "", 0, oauth.Failure(op, errors.Unwrap(err))
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxDiscovery))
	if err != nil {
		return "", 0, &platforms.Error{Kind: platforms.TryLater, Op: op, Err: err, Time: s.env.Now()}
	}
	if res.StatusCode != http.StatusOK {
		return "", 0, oauth.Failure(op, &oauth2.RetrieveError{Response: res, Body: body})
	}
	var described struct {
		Issuer string `json:"issuer"` // https://login.microsoftonline.com/{tenant id}/v2.0
	}
	if err := json.Unmarshal(body, &described); err != nil {
		return "", 0, &platforms.Error{Kind: platforms.Internal, Op: op, Err: err, Status: res.StatusCode, Time: s.env.Now()}
	}
	id = regexp.MustCompile(`(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).FindString(described.Issuer)
	if id == "" {
		return "", 0, &platforms.Error{Kind: platforms.Invalid, Op: op, Text: "“" + s.tenant + "” stands for no single organisation"}
	}
	if there, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		off = s.env.Now().Sub(there)
	}
	return id, off, nil
}

func (s *session) checkApp(ctx context.Context) platforms.Finding {
	if s.app == nil {
		return skipped(causeNoApp)
	}
	if _, err := s.appToken.fresh(ctx); err != nil {
		return s.explain(err)
	}
	return passed("Entra gave the application %s a token for the tenant %s, proved by %s.", s.clientID, s.tenant, s.appToken.provedBy())
}

// expiryWarnings are how many days before a credential ends the words of the
// warning change.
func expiryWarnings() []int { return []int{1, 7, 14, 30} }

// checkExpiry says when what proves the application ends, and whether the
// certificate that was made here is in use.
func (s *session) checkExpiry(ctx context.Context) platforms.Finding {
	if s.app == nil && len(certificates(s.env.Secrets)) == 0 && s.secret() == "" {
		return skipped(causeNoApp)
	}
	list := certificates(s.env.Secrets)
	if len(list) == 0 {
		return s.secretExpiry(ctx)
	}
	newest := list[0]
	if s.app == nil {
		return s.ending("The certificate "+newest.thumbprint(), newest.x509.NotAfter, "Make a new certificate and upload it.")
	}
	if _, err := s.appToken.Token(ctx); err != nil {
		return s.explain(err)
	}
	if by := s.appToken.provedBy(); !strings.Contains(by, newest.thumbprint()) && !newest.expired(s.env.Now()) {
		return platforms.Finding{
			Status: platforms.Warn, Evidence: "Entra takes " + by + ", not the certificate " + newest.thumbprint() + ".",
			Cause: "The certificate that was made last is not among those of the registration.",
			Fix:   "Upload " + certificateFile + " of the first step. Until then " + by + " stays in use.", FixURL: s.link(linkRegistration),
		}
	}
	return s.ending("The certificate "+newest.thumbprint(), newest.x509.NotAfter, "Make a new certificate and upload it; the present one stays in use until then.")
}

// secretExpiry judges a client secret by what the registration says of it, and
// by the date that was typed until that can be read.
func (s *session) secretExpiry(ctx context.Context) platforms.Finding {
	const fix = "Make a certificate and upload it, or make a new secret and enter its value."
	if end, known := s.secretEnd(ctx); known {
		return s.ending("The client secret", end, fix)
	}
	typed := s.env.Values.Get(keyExpires)
	if typed == "" {
		return platforms.Finding{
			Status: platforms.Warn, Evidence: "A client secret is in use.",
			Cause: "It is not known when it expires: nobody can be warned before messages stop.",
			Fix:   "Enter the date that Entra shows beside it, or make a certificate.", FixURL: s.link(linkRegistration),
		}
	}
	day, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		return platforms.Finding{
			Status: platforms.Fail, Evidence: "“" + typed + "” was entered.", Cause: "This is no date.",
			Fix: "Enter the client secret's expiry as year, month and day: 2027-05-31.", FixURL: s.link(linkRegistration),
		}
	}
	return s.ending("The client secret", day, fix)
}

// secretEnd is when the registration says that the client secret ends. Several
// may be listed: ours is known by its first characters, and of those that begin
// alike the earliest counts.
func (s *session) secretEnd(ctx context.Context) (end time.Time, known bool) {
	if s.app == nil {
		return time.Time{}, false
	}
	list, err := s.app.Applications(ctx, s.clientID)
	if err != nil || len(list) == 0 {
		return time.Time{}, false
	}
	for _, listed := range list[0].Secrets {
		ours := listed.Hint != "" && strings.HasPrefix(s.secret(), listed.Hint)
		if ours && (!known || listed.End.Before(end)) {
			end, known = listed.End, true
		}
	}
	return end, known
}

// ending judges by the time left. The cause changes with the warnings alone, so
// that each is told once.
func (s *session) ending(what string, end time.Time, fix string) platforms.Finding {
	left := end.Sub(s.env.Now())
	f := platforms.Finding{Status: platforms.Pass, Evidence: what + " is valid until " + end.Format(time.DateOnly) + "."}
	if left <= 0 {
		f.Status, f.Cause, f.Fix, f.FixURL = platforms.Fail, what+" has expired.", fix, s.link(linkRegistration)
		return f
	}
	for _, days := range expiryWarnings() {
		if left <= time.Duration(days)*24*time.Hour {
			f.Status, f.Cause, f.Fix, f.FixURL = platforms.Warn, fmt.Sprintf("%s expires within %s.", what, plural(days, "day")), fix, s.link(linkRegistration)
			return f
		}
	}
	return f
}
