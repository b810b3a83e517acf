package microsoft

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"miohub/platforms"
)

// checkPush proves that the event hub lets the hub in.
const checkPush = "microsoft.push"

// changeTracking is the application by which Graph delivers notifications, the
// same in every tenant (Receive change notifications through Azure Event Hubs).
const changeTracking = "0bf30f3b-4a52-48df-9a82-234910c4a086"

// pushStep sets up the event hub that Graph's notifications go through.
func pushStep(v platforms.Values) platforms.Step {
	return platforms.Step{
		ID: "push", Title: "Change notifications", Summary: "Your own event hub in Azure",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: "Microsoft puts its notifications into an event hub of your own, from which the hub takes them; nothing here has to be reachable from outside. It takes an Azure subscription and costs what a namespace of the Standard tier costs; the Basic tier lacks the endpoint that is used."},
			{Kind: platforms.PartScript, ID: "push.script", Label: "Make it for me", Text: "Run this in the Azure Cloud Shell, as somebody who may make resources and assign roles. It prints the two values below.", Value: hubScript(v), File: "miohub-eventhub.sh"},
			{Kind: platforms.PartLink, Label: "Open Event Hubs in Azure", URL: link(v, linkEventHubs)},
			{Kind: platforms.PartField, ID: keyHubURL, Label: "Notification URL", Text: "Begins with “EventHub:https://”.", Value: v.Get(keyHubURL)},
			{Kind: platforms.PartField, ID: keyHubConnection, Label: "Connection string for listening", Text: "Of the event hub's own shared access policy with the right to listen and no other. It is sealed and not shown again.", Secret: true},
			{Kind: platforms.PartVerify, Label: "Try it"},
		},
		Checks: []string{checkPush},
		Why: []platforms.Question{
			{Ask: "What goes through the event hub?", Answer: "Which channel has changed, and nothing of what was said: the hub then looks at that channel as it always does. The bridge account subscribes with the permission by which it reads the channel anyway."},
			{Ask: "What if notifications stop?", Answer: "Every channel is then looked at from time to time, as without them. Nothing is lost; it takes longer."},
		},
	}
}

// hubScript makes the event hub, lets Graph send to it and the hub listen.
func hubScript(v platforms.Values) string {
	return strings.NewReplacer("DOMAIN", shellWord(or(v.Get(keyDomain), v.Get(keyTenant))), "CHANGE_TRACKING", changeTracking).Replace(`#!/usr/bin/env bash
# Makes an event hub for Microsoft Graph's change notifications.
set -euo pipefail
group=miohub
location=${1:-westeurope}
namespace=miohub-$(az account show --query id --output tsv | cut -c1-8)
hub=graph
domain=DOMAIN

az group create --name "$group" --location "$location" --output none
# Kafka, by which notifications are read, needs the Standard tier.
az eventhubs namespace create --resource-group "$group" --name "$namespace" --location "$location" --sku Standard --output none
az eventhubs eventhub create --resource-group "$group" --namespace-name "$namespace" --name "$hub" --partition-count 2 --output none

# Graph may send, and do nothing else.
scope=$(az eventhubs eventhub show --resource-group "$group" --namespace-name "$namespace" --name "$hub" --query id --output tsv)
az ad sp show --id CHANGE_TRACKING --output none 2>/dev/null || az ad sp create --id CHANGE_TRACKING --output none
az role assignment create --assignee CHANGE_TRACKING --role "Azure Event Hubs Data Sender" --scope "$scope" --output none

# The hub may listen, and do nothing else.
az eventhubs eventhub authorization-rule create --resource-group "$group" --namespace-name "$namespace" --eventhub-name "$hub" \
  --name miohub-listen --rights Listen --output none
connection=$(az eventhubs eventhub authorization-rule keys list --resource-group "$group" --namespace-name "$namespace" --eventhub-name "$hub" \
  --name miohub-listen --query primaryConnectionString --output tsv)

echo
echo "Notification URL:"
echo "EventHub:https://$namespace.servicebus.windows.net/eventhubname/$hub?tenantId=$domain"
echo
echo "Connection string for listening (a secret):"
echo "$connection"
`)
}

// shellWord quotes a value for the shell.
func shellWord(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// pushChecks prove the event hub, where notifications are wanted.
func (s *session) pushChecks() []platforms.Check {
	if !s.on(platforms.FeaturePush) {
		return nil
	}
	return []platforms.Check{{Code: checkPush, Title: "The event hub can be reached", Run: s.checkPush}}
}

func (s *session) checkPush(ctx context.Context) platforms.Finding {
	h := s.eventHubs()
	if h == nil {
		return skipped("The notification URL and the connection string of the event hub are not known yet.")
	}
	fix := platforms.Finding{Status: platforms.Fail, Fix: "Copy both values anew, from the script's last lines or from the event hub's page.", FixURL: s.link(linkEventHubs)}
	if why := hubURL(h.url); why != "" {
		fix.Cause = why
		return fix
	}
	hub, err := parseHub(h.secret)
	if err != nil {
		fix.Cause = "This is not the connection string of an event hub: " + err.Error() + "."
		return fix
	}
	if err := h.try(ctx); err != nil {
		fix.Raw = err.Error()
		switch platforms.KindOf(err) {
		case platforms.Forbidden:
			fix.Cause = "The event hub does not let the hub in: the key is wrong or was made anew, or its policy lacks the right to listen."
		case platforms.NotFound:
			fix.Cause = fmt.Sprintf("The namespace has no event hub %s: it was removed, or the connection string belongs to another one.", hub.name)
		default:
			fix.Cause = fmt.Sprintf("%s cannot be reached from this computer. Port %s must be open, and the namespace must be of the Standard tier or above.", hub.broker, kafkaPort)
			fix.Fix = "Look at the namespace's tier and networking, and at the firewall here."
		}
		return fix
	}
	return passed("The event hub %s answers at %s.", hub.name, or(h.broker, hub.broker))
}

// try connects to the hub once.
func (h *eventHubs) try(ctx context.Context) error {
	client, err := h.connect()
	if err != nil {
		return err
	}
	defer client.Close()
	return h.ping(ctx, client)
}

// hubURL is what is wrong with a notification URL, "" when nothing is.
func hubURL(address string) string {
	rest, ok := strings.CutPrefix(address, "EventHub:")
	u, err := url.Parse(rest)
	switch {
	case !ok || err != nil || u.Scheme != "https" || u.Host == "":
		return "The notification URL must begin with “EventHub:https://”."
	case !strings.HasPrefix(u.Path, "/eventhubname/") && !strings.HasPrefix(u.Path, "/secrets/"):
		return "The notification URL names neither an event hub (…/eventhubname/NAME) nor a secret of a key vault (…/secrets/NAME)."
	case u.Query().Get("tenantId") == "":
		return "The notification URL does not end in ?tenantId= with your domain."
	}
	return ""
}
