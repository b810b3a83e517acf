package sandbox

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// deviceGrant is the grant type that redeems a device code.
	deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
	// deviceLife is how long a device code lives, in tenant time.
	deviceLife = 15 * time.Minute
	// devicePace is how often it may be asked for, in tenant time.
	devicePace = 5 * time.Second
)

// device is a sign-in that was begun elsewhere than in the browser in which it is
// finished.
type device struct {
	app      *app
	user     string // the code that the person types
	asked    asked
	expires  time.Duration
	account  string // set once the person has signed in and consented
	declined bool
}

// deviceCode begins the device authorization grant. Public clients may.
func (c *cloud) deviceCode(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		c.writeTokenError(w, r, c.refuse("entra.token.post-only", r.Method))
		return
	}
	id, scope := r.PostFormValue("client_id"), r.PostFormValue("scope")
	a := c.app(id)
	var e *entraError
	switch {
	case id == "":
		e = c.refuse("entra.token.parameter.missing", "client_id")
	case scope == "":
		e = c.refuse("entra.token.parameter.missing", "scope")
	case a == nil:
		e = c.refuse("entra.token.client.unknown", id, c.tenant.Org)
	}
	if e == nil {
		e = c.fault(atClient|atUser, a, "")
	}
	d := &device{app: a, expires: c.world.Clock.Elapsed() + deviceLife}
	if e == nil {
		d.asked = c.parseScopes(scope)
		e = c.badScopes(a, d.asked)
	}
	if e != nil {
		c.writeTokenError(w, r, e)
		return
	}
	d.user = rand.Text()[:9]
	code := randomText(90)
	now := c.world.Clock.Elapsed()
	c.tokens.mu.Lock()
	maps.DeleteFunc(c.tokens.devices, func(_ string, d *device) bool { return now >= d.expires+deviceLife })
	c.tokens.devices[code] = d
	c.tokens.mu.Unlock()
	at := base(r) + c.tenant.ID + "/oauth2/deviceauth"
	writeJSON(w, http.StatusOK, map[string]any{
		"user_code": d.user, "device_code": code, "verification_uri": at,
		"expires_in": int64(c.world.Clock.Wall(deviceLife) / time.Second), "interval": max(1, int64(c.world.Clock.Wall(devicePace)/time.Second)),
		"message": "To sign in, use a web browser to open the page " + at + " and enter the code " + d.user + " to authenticate.",
	})
}

// deviceAuth is the page on which a person types the code.
func (c *cloud) deviceAuth(w http.ResponseWriter, r *http.Request, tenant string) {
	typed := strings.ToUpper(strings.TrimSpace(r.FormValue("otc")))
	d := c.tokens.deviceOf(typed, c.world.Clock.Elapsed())
	if typed == "" || d == nil {
		data := map[string]any{"Org": c.tenant.Org, "Action": "/" + tenant + "/oauth2/deviceauth", "Address": typed}
		if typed != "" {
			data["Error"] = "That code didn't work. Check the code and try again."
		}
		writePage(w, http.StatusOK, devicePage, data)
		return
	}
	p := &pending{
		app: d.app, device: d, asked: d.asked, mode: "query", redirect: "https://login.microsoftonline.com/common/oauth2/nativeclient",
		path: "/" + tenant + "/oauth2/v2.0/authorize", account: c.session(r),
	}
	c.showNext(w, r, c.signIn.put(p), p, "")
}

// deviceOf finds a living device code by what the person types.
func (i *issued) deviceOf(user string, now time.Duration) *device {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, d := range i.devices {
		if d.user == user && now < d.expires && d.account == "" && !d.declined {
			return d
		}
	}
	return nil
}

// finishDevice tells the waiting client how its sign-in ended.
func (c *cloud) finishDevice(d *device, account string) {
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	d.account, d.declined = account, account == ""
}

// redeemDevice exchanges a device code, once the person has finished.
func (c *cloud) redeemDevice(r *http.Request, form url.Values, a *app) (map[string]any, *entraError) {
	code := form.Get("device_code")
	if code == "" {
		return nil, c.refuse("entra.token.parameter.missing", "device_code")
	}
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	d := c.tokens.devices[code]
	switch {
	case d == nil || d.app != a:
		return nil, c.refuse("entra.device.unknown")
	case c.world.Clock.Elapsed() >= d.expires:
		return nil, c.refuse("entra.device.expired")
	case d.declined:
		return nil, c.refuse("entra.device.declined")
	case d.account == "":
		return nil, c.refuse("entra.device.pending")
	}
	if e := c.fault(atUser, a, d.account); e != nil {
		return nil, e
	}
	delete(c.tokens.devices, code)
	return c.userAnswer(r, a, d.account, c.parseScopes(strings.Join(slices.Concat(d.asked.openID, d.asked.written), " ")), "")
}
