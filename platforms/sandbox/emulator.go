package sandbox

import (
	"net"
	"net/http"
)

// Emulator is one vendor's APIs on a World.
type Emulator struct {
	Tenant   string // the tenant's name in the World
	APIs     []API
	Services []Service
	// Attach tells the emulator where its APIs are served, by URL key (API name +
	// "_url", + "_tls_url") and without the suffix "_url" too; each URL ends in
	// "/". It is called once, before the first request.
	Attach func(urls map[string]string)
	// Describe is what a foreign client must know, one JSON object; files maps
	// the keys that name a file to its content ("client_file" -> JSON text).
	Describe func() (object map[string]any, files map[string][]byte)
	// Deployment is what an IT department would ship beside the app for this
	// tenant: values by the platform's own keys, endpoints included.
	Deployment func() map[string]string
	// Delegate authorizes scopes as an administrator would in the vendor's
	// console, for worlds handed to foreign clients; nil where there is no such thing.
	Delegate func(scopes []string)
	// NewMessageID makes an id as the vendor would, for a message a person says.
	NewMessageID func() string
	// Refusals lists everything this emulator refuses, with its source.
	Refusals []Refusal
	// Faults are what an administrator can meet in such a tenant, to be switched
	// on by name. What goes wrong on the way is the World's Faults.
	Faults []NamedFault
}

// NamedFault is one thing that can be wrong with a tenant, or go wrong in it: a
// setting, a grant, a quota.
type NamedFault struct {
	ID    string // "google.chat-app-missing"
	Title string // "The Chat app was never configured"
	Group string // what it is about: "Sign-in", "Delegation", "Chat"
	// Shows is what an administrator should see in the hub while it is on, in a
	// sentence: "Confirm says that the Chat app has to be configured, with the link."
	Shows string
	// Switch turns it on or off; repeating it changes nothing.
	Switch func(on bool) error
	On     func() bool
}

// API is one host of a vendor, served on a port of its own.
type API struct {
	Name    string // "chat", "directory", "graph"; the URL key is Name + "_url"
	Handler http.Handler
	// TLS serves it a second time over TLS, under the URL key Name + "_tls_url".
	TLS bool
}

// Service is what a vendor serves by something other than HTTP.
type Service struct {
	Name string // "eventhubs"; Attach and Running.URLs know it as host:port under Name + "_url"
	// Start serves on the listener, which it closes, until stop is called; stop
	// returns when everything has ended. It is called after Attach.
	Start func(net.Listener) (stop func(), err error)
}

// Refusal is one thing that a vendor refuses and the emulator therefore does too.
type Refusal struct {
	ID     string // "google.chat.not-a-member"
	Source string // the vendor's page or API fact
	Test   string // the test that sees it made
}
