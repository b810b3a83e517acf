package microsoft

import (
	"crypto/sha1" //nolint:gosec // see portalThumbprint
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"miohub/platforms"
)

// Names under which the registration and its files are known.
const (
	registrationName = "Mio Hub"
	certificateFile  = "miohub.cer"
	scriptFile       = "miohub-entra.sh"
	manifestFile     = "miohub-manifest.json"
)

// keyExpires is when the client secret ends, as the administrator typed it:
// 2027-05-31. It counts until Graph may be asked.
const keyExpires = "credential_expires"

// loopback is where the browser comes back to after a sign-in here; Entra ignores
// its port. The other redirect is Method 2's.
const loopback = "http://localhost"

func registrationStep(v platforms.Values) platforms.Step {
	s := platforms.Step{
		ID: "registration", Title: "App registration", Summary: "Who this hub is for Microsoft",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: "The hub signs in as an application of your own, registered in your tenant: nobody else holds its credentials. This is done once; your IT department may have shipped the values below already."},
			{Kind: platforms.PartText, Text: "The application proves itself with a certificate. Its private key is made on this computer, sealed here and never shown; what you upload is the certificate."},
			{Kind: platforms.PartAction, ID: actionCertificate, Label: "Make a certificate", Action: actionCertificate, Optional: true},
		},
		Checks: []string{checkRegistration, checkApp, checkExpiry},
		Why: []platforms.Question{
			{Ask: "Why a registration of my own?", Answer: "So that consent is given to something only you control, and can be withdrawn in one place. It also means that no publisher outside your organisation ever holds a key to your tenant."},
			{Ask: "Why a certificate and no client secret?", Answer: "A secret is a password: whoever reads it has it, and it travels with each request. A certificate's private key never leaves this computer. A client secret works too, if your organisation prefers one."},
			{Ask: "What if I give no certificate?", Answer: "Then the application cannot act by itself: no directory, no teams. Consent is noticed only when the bridge account signs in, and the set-up does not come to its end before there is a certificate or a client secret."},
		},
	}
	s.Parts = append(s.Parts, certificateParts(v)...)
	s.Parts = append(s.Parts, makeItForMe(v)...)
	s.Parts = append(s.Parts, byHand(v)...)
	return s
}

// certificateParts show the certificate that is to be uploaded.
func certificateParts(v platforms.Values) []platforms.Part {
	list := parseCertificates(v.Get(keyCertificate))
	if len(list) == 0 {
		return nil
	}
	c := list[0]
	return []platforms.Part{
		{
			Kind: platforms.PartScript, ID: "certificate.file", Label: "Certificate to upload", Value: c.public(), File: certificateFile,
			Text: fmt.Sprintf("Valid until %s. Upload it under Certificates & secrets, Certificates.", c.x509.NotAfter.Format(time.DateOnly)),
		},
		{Kind: platforms.PartCopy, ID: "certificate.thumbprint", Label: "Thumbprint", Value: c.portalThumbprint(), Text: "Entra shows it beside the certificate once it is there (SHA-1)."},
		{Kind: platforms.PartCopy, ID: "certificate.thumbprint256", Label: "Thumbprint (SHA-256)", Value: c.fullThumbprint()},
		{Kind: platforms.PartLink, Label: "Open the registration's certificates", URL: link(v, linkRegistration)},
	}
}

// makeItForMe are the two ways in which the registration is made by itself.
func makeItForMe(v platforms.Values) []platforms.Part {
	text := "Run this in Azure Cloud Shell (Bash), signed in as somebody who may register applications. It makes the registration with the permissions of the last step and the certificate above, or brings an existing one up to date, and prints the two ids asked for below. It consents to nothing."
	if v.Get(keyCertificate) == "" {
		text += " Make the certificate first; without it the registration has no credential."
	}
	return []platforms.Part{
		{Kind: platforms.PartLink, Label: "Open Azure Cloud Shell", URL: "https://shell.azure.com/bash"},
		{Kind: platforms.PartScript, ID: "registration.script", Label: "Make it for me: script", Text: text, Value: script(v), File: scriptFile},
		{
			Kind: platforms.PartScript, ID: "registration.manifest", Label: "Make it for me: manifest", Value: manifest(v), File: manifestFile,
			Text: "Or register an application for accounts in your organisation only, open its Manifest and replace the members of the same names by these.",
		},
	}
}

// byHand is the registration step by step, and what comes out of it.
func byHand(v platforms.Values) []platforms.Part {
	return []platforms.Part{
		{Kind: platforms.PartLink, Label: "Open app registrations", URL: "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade"},
		{Kind: platforms.PartText, Text: "Or by hand: register an application for accounts in your organisation only. Under Authentication add the platform “Mobile and desktop applications” with the two addresses below, and allow public client flows. Under API permissions add the permissions listed in the last step. Under Certificates & secrets upload the certificate."},
		{Kind: platforms.PartCopy, ID: "redirect.loopback", Label: "Redirect address", Value: loopback},
		{Kind: platforms.PartCopy, ID: "redirect.native", Label: "Redirect address of Method 2", Value: defaultAuthority + nativeClient},
		{Kind: platforms.PartField, ID: keyClient, Label: "Application (client) id", Value: v.Get(keyClient), Text: "On the registration's overview. It is not the object id."},
		{Kind: platforms.PartField, ID: keyTenant, Label: "Directory (tenant) id or domain", Value: v.Get(keyTenant)},
		{Kind: platforms.PartField, ID: keySecret, Label: "Client secret (its value, not its id)", Text: "Only where no certificate is wanted. It is sealed on this computer. Leave it as it is when it was entered before.", Optional: true, Secret: true},
		{Kind: platforms.PartField, ID: keyExpires, Label: "The client secret expires on", Value: v.Get(keyExpires), Text: "As 2027-05-31; once consent is there, it is read by itself. You are warned 30, 14, 7 days and one day before.", Optional: true},
	}
}

// keyCredential is a certificate in a manifest (resource type keyCredential).
type keyCredential struct {
	CustomKeyIdentifier string `json:"customKeyIdentifier"`
	DisplayName         string `json:"displayName"`
	EndDateTime         string `json:"endDateTime"`
	Key                 string `json:"key"`
	KeyID               string `json:"keyId"`
	StartDateTime       string `json:"startDateTime"`
	Type                string `json:"type"`
	Usage               string `json:"usage"`
}

// manifest is what an administrator pastes into the registration's manifest, in
// the Microsoft Graph format
// (https://learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest).
func manifest(v platforms.Values) string {
	m := struct {
		SignInAudience         string `json:"signInAudience"`
		IsFallbackPublicClient bool   `json:"isFallbackPublicClient"`
		PublicClient           struct {
			RedirectURIs []string `json:"redirectUris"`
		} `json:"publicClient"`
		RequiredResourceAccess []requiredAccess `json:"requiredResourceAccess"`
		KeyCredentials         []keyCredential  `json:"keyCredentials,omitempty"`
	}{SignInAudience: "AzureADMyOrg", IsFallbackPublicClient: true, RequiredResourceAccess: required(v)}
	m.PublicClient.RedirectURIs = []string{loopback, defaultAuthority + nativeClient}
	for _, c := range parseCertificates(v.Get(keyCertificate)) {
		m.KeyCredentials = append(m.KeyCredentials, c.credential())
	}
	// Strings, booleans and lists of them: encoding them cannot fail.
	text, _ := json.MarshalIndent(m, "", "  ")
	return string(text) + "\n"
}

// credential is the certificate as a registration lists it. Its id follows from
// the certificate, so that the same one is never listed twice.
func (c *certificate) credential() keyCredential {
	sum, name := c.hash(), sha1.Sum(c.x509.Raw) //nolint:gosec // see portalThumbprint
	id := fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	return keyCredential{
		CustomKeyIdentifier: base64.StdEncoding.EncodeToString(name[:]), DisplayName: registrationName,
		StartDateTime: c.x509.NotBefore.UTC().Format(time.RFC3339), EndDateTime: c.x509.NotAfter.UTC().Format(time.RFC3339),
		Key: base64.StdEncoding.EncodeToString(c.x509.Raw), KeyID: id, Type: "AsymmetricX509Cert", Usage: "Verify",
	}
}

// script makes the registration in Azure Cloud Shell, or brings the one that is
// there up to date. Nothing of a person's typing goes into it but the client id,
// and that only where it has the form of one.
func script(v platforms.Values) string {
	access, _ := json.MarshalIndent(required(v), "", "  ") // see manifest
	return strings.NewReplacer(
		"{name}", registrationName, "{client}", clientOf(v), "{access}", string(access),
		"{redirects}", "'"+loopback+"' '"+defaultAuthority+nativeClient+"'",
		"{certificate}", strings.TrimSpace(v.Get(keyCertificate)),
	).Replace(scriptText)
}

const scriptText = `#!/usr/bin/env bash
# Makes or updates the app registration of {name}. It consents to nothing.
set -euo pipefail

name='{name}'
app='{client}'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/permissions.json" <<'JSON'
{access}
JSON

cat >"$work/miohub.cer" <<'CERTIFICATE'
{certificate}
CERTIFICATE

if [ -z "$app" ]; then
  app=$(az ad app list --display-name "$name" --query "[?displayName=='$name'].appId | [0]" --output tsv)
fi
if [ -z "$app" ]; then
  app=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv)
fi
az ad app update --id "$app" \
  --sign-in-audience AzureADMyOrg \
  --is-fallback-public-client true \
  --public-client-redirect-uris {redirects} \
  --required-resource-accesses @"$work/permissions.json"
if grep -q 'BEGIN CERTIFICATE' "$work/miohub.cer"; then
  # --append keeps the credentials that are there.
  az ad app credential reset --id "$app" --cert @"$work/miohub.cer" --append --output none
fi
az ad sp show --id "$app" --output none 2>/dev/null || az ad sp create --id "$app" --output none

echo
echo "Application (client) id: $app"
echo "Directory (tenant) id:   $(az account show --query tenantId --output tsv)"
`
