// Package graph carries calls to Microsoft Graph through its SDK and answers in
// plain structs: nothing outside this package sees an SDK type.
//
// The SDK's request builders make the URLs and bodies, its adapter, middleware
// and error type carry the call. Answers are decoded by encoding/json into the
// few fields needed: the SDK's own models box every property, which the two
// delta reads feel (twice the time, eight times the memory and twelve times the
// allocations for a page of accounts: BenchmarkDirectory), and leave a nil to
// check at every step. Only the API's parts for teams, users, invitations and
// the organization are imported; groups and drives alone would add 36 MB of
// source to a cold build, so that what is needed of them is written out here.
package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
	absauth "github.com/microsoft/kiota-abstractions-go/authentication"
	absser "github.com/microsoft/kiota-abstractions-go/serialization"
	khttp "github.com/microsoft/kiota-http-go"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

// Version is the part of the path that names the API's version.
const Version = "v1.0"

// sdkVersion is told to the service in the SDK's own header.
const sdkVersion = "1.103.0"

// Client calls Graph as one identity. It is safe for concurrent use.
type Client struct {
	root    *url.URL
	adapter *core.GraphRequestAdapterBase
	base    observer // for what is streamed: past the SDK, which would hold it in memory
}

// New makes a client for the API whose host root is given, ending in "/":
// https://graph.microsoft.com/. base carries the requests: access tokens, the
// hosts they may go to, rate limits, retries and counts are its business. New
// makes no call.
func New(root string, base http.RoundTripper) (*Client, error) {
	u, err := url.Parse(root)
	if err != nil || u.Host == "" || !strings.HasSuffix(u.Path, "/") {
		return nil, fmt.Errorf("graph: endpoint %q is not a URL that ends in a slash", root)
	}
	options := core.GraphClientOptions{GraphServiceLibraryVersion: sdkVersion}
	// An explicit list: no compression (the service may answer 415), and no
	// retries, which are the base transport's and never repeat a POST.
	watched := observer{base, &atomic.Pointer[Clock]{}}
	middleware := []khttp.Middleware{
		core.NewGraphTelemetryHandler(&options),
		khttp.NewUrlReplaceHandler(true, core.ReplacementPairs), // "/users/me-token-to-replace" -> "/me"
		khttp.NewParametersNameDecodingHandler(),
		khttp.NewUserAgentHandler(),
		khttp.NewRedirectHandler(),
	}
	// No timeout here: the base transport bounds each attempt, and waiting for a
	// quota may rightly take minutes.
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     khttp.NewCustomTransportWithParentTransport(watched, middleware...),
	}
	reader, writer := factories()
	adapter, err := core.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&absauth.AnonymousAuthenticationProvider{}, options, reader, writer, client)
	if err != nil {
		return nil, fmt.Errorf("graph: make adapter: %w", err)
	}
	adapter.SetBaseUrl(root + Version)
	return &Client{root: u, adapter: adapter, base: watched}, nil
}

// factories are JSON only. The SDK's root package would register more, in
// process-wide registries, and pull in every API there is.
func factories() (absser.ParseNodeFactory, absser.SerializationWriterFactory) {
	reader := absser.NewParseNodeFactoryRegistry()
	reader.ContentTypeAssociatedFactories["application/json"] = kjson.NewJsonParseNodeFactory()
	writer := absser.NewSerializationWriterFactoryRegistry()
	writer.ContentTypeAssociatedFactories["application/json"] = kjson.NewJsonSerializationWriterFactory()
	return reader, writer
}

// Owns reports whether a stored next or delta link leads to this API.
func (c *Client) Owns(link string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Scheme == c.root.Scheme && strings.EqualFold(u.Host, c.root.Host)
}

type build func(context.Context) (*abs.RequestInformation, error)

// errorBodies tells the adapter how to read every refusal.
func errorBodies() abs.ErrorMappings {
	return abs.ErrorMappings{"XXX": odataerrors.CreateODataErrorFromDiscriminatorValue}
}

// call makes the request and decodes its answer into out; nil wants no answer.
func (c *Client) call(ctx context.Context, op string, b build, out any) error {
	seen := &answer{}
	ctx = context.WithValue(ctx, answerKey{}, seen)
	if err := c.send(ctx, b, out); err != nil {
		return failure(op, seen, err)
	}
	return nil
}

func (c *Client) send(ctx context.Context, b build, out any) error {
	info, err := b(ctx)
	if err != nil {
		return err
	}
	if out == nil {
		return c.adapter.SendNoContent(ctx, info, errorBodies())
	}
	raw, err := c.adapter.SendPrimitive(ctx, info, "[]byte", errorBodies())
	if err != nil {
		return err
	}
	body, _ := raw.([]byte)
	if err := json.Unmarshal(body, out); err != nil {
		return &decodeError{err}
	}
	return nil
}

// page is one page of a collection.
type page[T any] struct {
	Value     []T    `json:"value"`
	NextLink  string `json:"@odata.nextLink"`
	DeltaLink string `json:"@odata.deltaLink"`
}

// each reads a collection to its end.
func each[T any](ctx context.Context, c *Client, op string, first build, f func([]T) error) error {
	for b := first; ; {
		var p page[T]
		if err := c.call(ctx, op, b, &p); err != nil {
			return err
		}
		if len(p.Value) > 0 {
			if err := f(p.Value); err != nil {
				return err
			}
		}
		if p.NextLink == "" {
			return nil
		}
		b = follow(p.NextLink)
	}
}

// at is the SDK's builder state for a call at a fixed place: keys and values.
func at(pairs ...string) map[string]string {
	m := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// follow requests a link as the service gave it.
func follow(link string) build { return get("{+baseurl}", at("request-raw-url", link)) }

// get requests a place that the imported sub-packages have no builder for.
func get(template string, pathParameters map[string]string) build {
	return func(context.Context) (*abs.RequestInformation, error) {
		info := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abs.GET, template, pathParameters)
		info.Headers.TryAdd("Accept", "application/json")
		return info, nil
	}
}

// carry makes a request with a JSON body, nil for none, for a place that the
// imported sub-packages have no builder for.
func carry(method abs.HttpMethod, template string, pathParameters map[string]string, body any) build {
	return func(context.Context) (*abs.RequestInformation, error) {
		info := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(method, template, pathParameters)
		info.Headers.TryAdd("Accept", "application/json")
		if body == nil {
			return info, nil
		}
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		info.SetStreamContentAndContentType(data, "application/json")
		return info, nil
	}
}

// observer notes status and headers on their way through, and tells the length
// of the body, which the SDK leaves out, so that it is not sent in chunks.
type observer struct {
	base  http.RoundTripper
	clock *atomic.Pointer[Clock]
}

// Clock is what time it was for the service when it last answered.
type Clock struct {
	Service time.Time // to the second
	Here    time.Time // when the answer came, by this computer's clock
}

// Clock is the service's own time, zero before its first answer.
func (c *Client) Clock() Clock {
	if at := c.base.clock.Load(); at != nil {
		return *at
	}
	return Clock{}
}

// RoundTrip implements http.RoundTripper.
func (o observer) RoundTrip(req *http.Request) (*http.Response, error) {
	if s, ok := req.Body.(io.Seeker); ok && req.ContentLength == 0 {
		n, err := s.Seek(0, io.SeekEnd)
		if err != nil {
			return nil, err
		}
		if _, err := s.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		req = req.Clone(req.Context())
		req.ContentLength = n
	}
	res, err := o.base.RoundTrip(req)
	if seen, ok := req.Context().Value(answerKey{}).(*answer); ok && res != nil {
		seen.status, seen.header = res.StatusCode, res.Header
	}
	if res != nil {
		if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
			o.clock.Store(&Clock{Service: at, Here: time.Now()})
		}
	}
	return res, err
}
