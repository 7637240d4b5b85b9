// Written by `npm run api-types` from the description of the API. Do not edit.

export interface paths {
  '/api/auth/sign-up/email': {
    post: { body: { readonly name: string; readonly email: string; readonly password: string; readonly callbackURL?: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/sign-in/email': {
    post: { body: { readonly email: string; readonly password: string; readonly rememberMe?: boolean; readonly callbackURL?: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/sign-in/social': {
    post: { body: { readonly provider: string; readonly callbackURL: string; readonly errorCallbackURL?: string; readonly newUserCallbackURL?: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/callback/{id}': {
    get: { answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/verify-email': {
    get: { answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/send-verification-email': {
    post: { body: { readonly email: string; readonly callbackURL?: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/request-password-reset': {
    post: { body: { readonly email: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/reset-password': {
    post: { body: { readonly newPassword: string; readonly token: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/two-factor/verify-totp': {
    post: { body: { readonly code: string; readonly trustDevice?: boolean }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/two-factor/verify-backup-code': {
    post: { body: { readonly code: string; readonly trustDevice?: boolean }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/change-password': {
    post: { body: { readonly newPassword: string; readonly currentPassword: string; readonly revokeOtherSessions?: boolean }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/change-email': {
    post: { body: { readonly newEmail: string; readonly password: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/change-email/confirm': {
    post: { body: { readonly token: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/two-factor/enable': {
    post: { body: { readonly password?: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/two-factor/disable': {
    post: { body: { readonly password?: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/two-factor/get-totp-uri': {
    post: { body: { readonly password?: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/two-factor/generate-backup-codes': {
    post: { body: { readonly password?: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/sign-out': {
    post: { answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/list-sessions': {
    get: { answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/revoke-session': {
    post: { body: { readonly token: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/revoke-other-sessions': {
    post: { answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/revoke-sessions': {
    post: { answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/update-user': {
    post: { body: { readonly name: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/list-accounts': {
    get: { answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/link-social': {
    post: { body: { readonly provider: string; readonly callbackURL: string; readonly errorCallbackURL?: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/auth/unlink-account': {
    post: { body: { readonly providerId: string }; answer: Readonly<Record<string, unknown>> }
  }
  '/api/session': {
    get: { answer: components['schemas']['Session'] }
    delete: { answer: undefined }
  }
  '/api/session/admin-key': {
    post: { body: components['schemas']['AdminKey']; answer: components['schemas']['Session'] }
  }
  '/api/session/impersonation': {
    delete: { answer: undefined }
  }
  '/api/organisations': {
    get: { answer: { readonly data: readonly components['schemas']['Organisation'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NamedOrganisation']; answer: components['schemas']['Organisation'] }
  }
  '/api/organisations/{id}': {
    get: { answer: components['schemas']['Organisation'] }
    patch: { body: components['schemas']['NamedOrganisation']; answer: components['schemas']['Organisation'] }
    delete: { answer: undefined }
  }
  '/api/organisations/{id}/members': {
    get: { answer: { readonly data: readonly components['schemas']['Member'][]; readonly next_cursor: (string | null) } }
  }
  '/api/organisations/{id}/members/{person_id}': {
    patch: { body: components['schemas']['MemberChanges']; answer: components['schemas']['Member'] }
    delete: { answer: undefined }
  }
  '/api/organisations/{id}/invitations': {
    get: { query: { readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['Invitation'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewInvitation']; answer: components['schemas']['MadeInvitation'] }
  }
  '/api/organisations/{id}/invitations/{invitation_id}': {
    delete: { answer: undefined }
  }
  '/api/invitations/{token}': {
    get: { answer: components['schemas']['ShownInvitation'] }
  }
  '/api/invitations/{token}/accept': {
    post: { answer: components['schemas']['ShownInvitation'] }
  }
  '/api/admin/invitations': {
    get: { query: { readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['Invitation'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewInvitationOfOperator']; answer: components['schemas']['MadeInvitation'] }
  }
  '/api/admin/invitations/{id}': {
    delete: { answer: undefined }
  }
  '/api/organisations/{id}/audit-log': {
    get: { query: { readonly cursor?: string; readonly limit?: number; readonly actor?: string; readonly action?: string; readonly subject?: string }; answer: { readonly data: readonly components['schemas']['AuditEntry'][]; readonly next_cursor: (string | null) } }
  }
  '/api/admin/audit-log': {
    get: { query: { readonly cursor?: string; readonly limit?: number; readonly actor?: string; readonly action?: string; readonly subject?: string; readonly user_id?: string; readonly since?: string; readonly until?: string }; answer: { readonly data: readonly components['schemas']['AuditEntry'][]; readonly next_cursor: (string | null) } }
  }
  '/api/admin/people': {
    get: { query: { readonly cursor?: string; readonly limit?: number; readonly q?: string }; answer: { readonly data: readonly components['schemas']['Person'][]; readonly next_cursor: (string | null) } }
  }
  '/api/admin/people/{id}': {
    get: { answer: components['schemas']['Person'] }
    patch: { body: components['schemas']['PersonChanges']; answer: components['schemas']['Person'] }
  }
  '/api/admin/people/{id}/reset-link': {
    post: { body: components['schemas']['NewResetLink']; answer: components['schemas']['ResetLink'] }
  }
  '/api/admin/people/{id}/second-factor': {
    delete: { answer: undefined }
  }
  '/api/admin/people/{id}/sessions': {
    get: { answer: { readonly data: readonly components['schemas']['PersonSession'][]; readonly next_cursor: (string | null) } }
    delete: { answer: undefined }
  }
  '/api/admin/people/{id}/sessions/{session_id}': {
    delete: { answer: undefined }
  }
  '/api/admin/users/{id}/impersonate': {
    post: { body: components['schemas']['ImpersonationReason']; answer: components['schemas']['Impersonation'] }
  }
  '/api/admin/users': {
    get: { query: { readonly cursor?: string; readonly limit?: number; readonly email?: string; readonly q?: string }; answer: { readonly data: readonly components['schemas']['ListedUser'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewUser']; answer: components['schemas']['User'] }
  }
  '/api/admin/users/{id}': {
    get: { answer: components['schemas']['User'] }
    patch: { body: components['schemas']['UserChanges']; answer: components['schemas']['User'] }
  }
  '/api/admin/users/{id}/members': {
    get: { answer: { readonly data: readonly components['schemas']['UserMember'][]; readonly next_cursor: (string | null) } }
  }
  '/api/admin/users/{id}/credits': {
    post: { body: components['schemas']['NewCredit']; answer: components['schemas']['Balance'] }
  }
  '/api/admin/users/{id}/balance': {
    get: { answer: components['schemas']['Balance'] }
  }
  '/api/admin/plans': {
    get: { query: { readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['AdministeredPlan'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewPlan']; answer: components['schemas']['AdministeredPlan'] }
  }
  '/api/admin/plans/{id}': {
    get: { answer: components['schemas']['AdministeredPlan'] }
    patch: { body: components['schemas']['PlanChanges']; answer: components['schemas']['AdministeredPlan'] }
    delete: { query: { readonly version?: number }; answer: components['schemas']['Deleted'] }
  }
  '/api/me/plans': {
    get: { answer: { readonly data: readonly components['schemas']['OfferedPlan'][]; readonly next_cursor: (string | null) } }
  }
  '/api/admin/users/{id}/plan-purchase': {
    post: { body: components['schemas']['PlanPurchase']; answer: components['schemas']['PurchasedPlan'] }
  }
  '/api/me/plan': {
    post: { body: components['schemas']['PlanPurchase']; answer: components['schemas']['PurchasedPlan'] }
  }
  '/api/admin/redemption-codes': {
    get: { query: { readonly cursor?: string; readonly limit?: number; readonly q?: string }; answer: { readonly data: readonly components['schemas']['RedemptionCode'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewRedemptionCodes']; answer: components['schemas']['MadeRedemptionCodes'] }
  }
  '/api/admin/redemption-codes/{id}/redemptions': {
    get: { query: { readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly { readonly user_id: string; readonly email: (string | null); readonly redeemed_at: string; readonly credited_at: (string | null) }[]; readonly next_cursor: (string | null) } }
  }
  '/api/admin/redemption-codes/{id}': {
    delete: { answer: components['schemas']['RedemptionCode'] }
  }
  '/api/me/redeem': {
    post: { body: components['schemas']['Redeem']; answer: components['schemas']['Redeemed'] }
  }
  '/api/admin/projects': {
    get: { query: { readonly user_id?: string; readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['Project'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewProject']; answer: components['schemas']['Project'] }
  }
  '/api/admin/projects/{id}': {
    get: { answer: components['schemas']['Project'] }
    patch: { body: components['schemas']['ProjectChanges']; answer: components['schemas']['Project'] }
    delete: { answer: components['schemas']['Project'] }
  }
  '/api/admin/keys': {
    get: { query: { readonly user_id?: string; readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['Key'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewKey']; answer: components['schemas']['CreatedKey'] }
  }
  '/api/admin/keys/{id}': {
    get: { answer: components['schemas']['Key'] }
    patch: { body: components['schemas']['KeyChanges']; answer: components['schemas']['Key'] }
    delete: { answer: components['schemas']['Key'] }
  }
  '/api/admin/keys/{id}/rotate': {
    post: { body: components['schemas']['Rotation']; answer: components['schemas']['RotatedKey'] }
  }
  '/api/admin/requests/live': {
    get: { query: { readonly key_id?: string; readonly project_id?: string; readonly model?: string; readonly status?: string; readonly ended?: ("whole" | "client_cut" | "upstream_cut" | "failed" | "abandoned"); readonly client_format?: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank"); readonly q?: string; readonly since?: string; readonly until?: string; readonly user_id?: string; readonly provider?: string }; answer: undefined }
  }
  '/api/admin/requests.csv': {
    get: { query: { readonly key_id?: string; readonly project_id?: string; readonly model?: string; readonly status?: string; readonly ended?: ("whole" | "client_cut" | "upstream_cut" | "failed" | "abandoned"); readonly client_format?: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank"); readonly q?: string; readonly since?: string; readonly until?: string; readonly user_id?: string; readonly provider?: string }; answer: undefined }
  }
  '/api/admin/requests/{request_id}/payload': {
    get: { answer: components['schemas']['Payload'] }
  }
  '/api/admin/requests': {
    get: { query: { readonly key_id?: string; readonly project_id?: string; readonly model?: string; readonly status?: string; readonly ended?: ("whole" | "client_cut" | "upstream_cut" | "failed" | "abandoned"); readonly client_format?: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank"); readonly q?: string; readonly since?: string; readonly until?: string; readonly user_id?: string; readonly provider?: string; readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['Receipt'][]; readonly next_cursor: (string | null) } }
  }
  '/api/admin/requests/{request_id}': {
    get: { answer: components['schemas']['SignedReceipt'] }
  }
  '/api/admin/requests/{request_id}/refund': {
    post: { body: components['schemas']['NewRefund']; answer: components['schemas']['Refund'] }
  }
  '/api/admin/receipt-keys': {
    get: { answer: components['schemas']['ReceiptKeys'] }
    post: { answer: components['schemas']['ReceiptKeys'] }
  }
  '/api/admin/ledger/check': {
    get: { answer: components['schemas']['LedgerCheck'] }
  }
  '/api/admin/ledger/accounts': {
    get: { answer: components['schemas']['LedgerAccounts'] }
  }
  '/api/admin/usage/series': {
    get: { query: { readonly interval?: ("hour" | "day"); readonly since?: string; readonly until?: string; readonly model?: string; readonly key_id?: string; readonly project_id?: string; readonly by?: ("none" | "model" | "key" | "project" | "provider" | "user"); readonly user_id?: string; readonly provider?: string }; answer: components['schemas']['UsageSeries'] }
  }
  '/api/me/usage/series': {
    get: { query: { readonly interval?: ("hour" | "day"); readonly since?: string; readonly until?: string; readonly model?: string; readonly key_id?: string; readonly project_id?: string; readonly by?: ("none" | "model" | "key" | "project"); readonly key?: string }; answer: components['schemas']['UsageSeries'] }
  }
  '/api/me/usage/series.csv': {
    get: { query: { readonly interval?: ("hour" | "day"); readonly since?: string; readonly until?: string; readonly model?: string; readonly key_id?: string; readonly project_id?: string; readonly by?: ("none" | "model" | "key" | "project"); readonly key?: string }; answer: undefined }
  }
  '/api/me/usage.csv': {
    get: { query: { readonly since?: string; readonly until?: string; readonly key_id?: string; readonly project_id?: string; readonly model?: string; readonly group_by?: string; readonly key?: string }; answer: undefined }
  }
  '/api/admin/usage': {
    get: { query: { readonly since?: string; readonly until?: string; readonly key_id?: string; readonly project_id?: string; readonly model?: string; readonly user_id?: string; readonly provider?: string; readonly group_by?: string }; answer: components['schemas']['Usage'] }
  }
  '/api/me/usage': {
    get: { query: { readonly since?: string; readonly until?: string; readonly key_id?: string; readonly project_id?: string; readonly model?: string; readonly group_by?: string; readonly key?: string }; answer: components['schemas']['MyUsage'] }
  }
  '/api/admin/overview': {
    get: { query: { readonly since?: string; readonly until?: string }; answer: components['schemas']['Overview'] }
  }
  '/api/admin/reconciliations': {
    get: { query: { readonly provider?: string; readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['ReconciliationSummary'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewReconciliation']; answer: components['schemas']['Reconciliation'] }
  }
  '/api/admin/reconciliations/{id}': {
    get: { answer: components['schemas']['Reconciliation'] }
  }
  '/api/admin/models/{model}/price': {
    put: { body: components['schemas']['NewPrice']; answer: components['schemas']['ModelPrice'] }
  }
  '/api/admin/models/{model}/prices': {
    get: { query: { readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['ModelPrice'][]; readonly next_cursor: (string | null) } }
  }
  '/api/admin/models/{model}/prices/{id}': {
    delete: { query: { readonly reason?: string }; answer: components['schemas']['ModelPrice'] }
  }
  '/api/admin/prices': {
    get: { query: { readonly model?: string; readonly source?: ("built-in" | "catalogue file" | "administrator"); readonly state?: ("in_force" | "to_come"); readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['ModelPrice'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewModelPrice']; answer: components['schemas']['ModelPrice'] }
  }
  '/api/admin/prices/{id}': {
    get: { answer: components['schemas']['ModelPrice'] }
    patch: { body: components['schemas']['PriceChanges']; answer: components['schemas']['ModelPrice'] }
    delete: { query: { readonly reason?: string }; answer: components['schemas']['ModelPrice'] }
  }
  '/api/admin/models/{model}/price/preview': {
    post: { body: components['schemas']['NewPrice']; answer: components['schemas']['PricePreview'] }
  }
  '/api/admin/providers': {
    get: { query: { readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['Provider'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewProvider']; answer: components['schemas']['Provider'] }
  }
  '/api/admin/providers/{id}': {
    get: { answer: components['schemas']['Provider'] }
    patch: { body: components['schemas']['ProviderChanges']; answer: components['schemas']['Provider'] }
    delete: { query: { readonly version?: number }; answer: components['schemas']['Deleted'] }
  }
  '/api/admin/providers/{id}/pause': {
    post: { body: components['schemas']['Reason']; answer: components['schemas']['Provider'] }
  }
  '/api/admin/providers/{id}/resume': {
    post: { body: components['schemas']['Reason']; answer: components['schemas']['Provider'] }
  }
  '/api/admin/providers/{id}/keys': {
    post: { body: components['schemas']['NewProviderKey']; answer: components['schemas']['ProviderKey'] }
  }
  '/api/admin/providers/{id}/keys/{keyId}': {
    patch: { body: components['schemas']['ProviderKeyChanges']; answer: components['schemas']['ProviderKey'] }
    delete: { query: { readonly version?: number }; answer: components['schemas']['Deleted'] }
  }
  '/api/admin/providers/{id}/test': {
    post: { body: components['schemas']['ProviderTestRequest']; answer: components['schemas']['ProviderTest'] }
  }
  '/api/admin/health': {
    get: { answer: components['schemas']['ProvidersHealth'] }
  }
  '/api/admin/health/resume': {
    post: { body: components['schemas']['ResumeRequest']; answer: components['schemas']['Resumed'] }
  }
  '/api/status': {
    get: { answer: components['schemas']['Status'] }
  }
  '/api/public/models': {
    get: { answer: components['schemas']['PublicModels'] }
  }
  '/api/admin/channels': {
    get: { query: { readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['Channel'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewChannel']; answer: components['schemas']['Channel'] }
  }
  '/api/admin/channels/{id}': {
    get: { answer: components['schemas']['Channel'] }
    patch: { body: components['schemas']['ChannelChanges']; answer: components['schemas']['Channel'] }
    delete: { query: { readonly version?: number }; answer: components['schemas']['Deleted'] }
  }
  '/api/admin/groups': {
    get: { query: { readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['Group'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewGroup']; answer: components['schemas']['Group'] }
  }
  '/api/admin/groups/{id}': {
    get: { answer: components['schemas']['Group'] }
    patch: { body: components['schemas']['GroupChanges']; answer: components['schemas']['Group'] }
    delete: { query: { readonly version?: number }; answer: components['schemas']['Deleted'] }
  }
  '/api/admin/groups/{id}/rules/try': {
    post: { body: { readonly rules?: readonly Readonly<Record<string, unknown>>[]; readonly request: { readonly model?: string; readonly format?: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank"); readonly bytes?: number; readonly tools?: boolean; readonly images?: boolean; readonly stream?: boolean; readonly headers?: Readonly<Record<string, string>>; readonly labels?: readonly string[]; readonly at?: string } }; answer: components['schemas']['RulesTried'] }
  }
  '/api/admin/aliases': {
    get: { query: { readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['Alias'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewAlias']; answer: components['schemas']['Alias'] }
  }
  '/api/admin/aliases/{id}': {
    get: { answer: components['schemas']['Alias'] }
    patch: { body: components['schemas']['AliasChanges']; answer: components['schemas']['Alias'] }
    delete: { query: { readonly version?: number }; answer: components['schemas']['Deleted'] }
  }
  '/api/admin/retired': {
    get: { query: { readonly cursor?: string; readonly limit?: number }; answer: { readonly data: readonly components['schemas']['RetiredName'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewRetiredName']; answer: components['schemas']['RetiredName'] }
  }
  '/api/admin/retired/{id}': {
    get: { answer: components['schemas']['RetiredName'] }
    patch: { body: components['schemas']['RetiredNameChanges']; answer: components['schemas']['RetiredName'] }
    delete: { query: { readonly version?: number }; answer: components['schemas']['Deleted'] }
  }
  '/api/admin/reload': {
    post: { answer: components['schemas']['Reloaded'] }
  }
  '/api/admin/alerts/events': {
    get: { query: { readonly cursor?: string; readonly limit?: number; readonly rule_id?: string; readonly state?: ("open" | "resolved") }; answer: { readonly data: readonly components['schemas']['AlertEvent'][]; readonly next_cursor: (string | null) } }
  }
  '/api/admin/alerts/events/{id}/acknowledge': {
    post: { answer: components['schemas']['AlertEvent'] }
  }
  '/api/admin/alerts': {
    get: { answer: { readonly data: readonly components['schemas']['Alert'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewAlert']; answer: components['schemas']['AlertWithSecret'] }
  }
  '/api/admin/alerts/{id}': {
    get: { answer: components['schemas']['Alert'] }
    patch: { body: components['schemas']['AlertChanges']; answer: components['schemas']['AlertWithSecret'] }
    delete: { answer: components['schemas']['Deleted'] }
  }
  '/api/admin/alerts/{id}/test': {
    post: { answer: components['schemas']['AlertTest'] }
  }
  '/api/admin/limits': {
    get: { query: { readonly cursor?: string; readonly limit?: number; readonly kind?: ("address" | "every_key" | "every_user" | "every_project" | "model" | "group" | "plan" | "project" | "key") }; answer: { readonly data: readonly components['schemas']['Limit'][]; readonly next_cursor: (string | null) } }
  }
  '/api/admin/system': {
    get: { answer: components['schemas']['System'] }
  }
  '/api/me/keys': {
    get: { query: { readonly cursor?: string; readonly limit?: number; readonly key?: string }; answer: { readonly data: readonly components['schemas']['Key'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewMyKey']; answer: components['schemas']['CreatedKey'] }
  }
  '/api/me/keys/{id}': {
    get: { answer: components['schemas']['Key'] }
    patch: { body: components['schemas']['MyKeyChanges']; answer: components['schemas']['Key'] }
    delete: { answer: components['schemas']['Key'] }
  }
  '/api/me/keys/{id}/rotate': {
    post: { body: components['schemas']['Rotation']; answer: components['schemas']['RotatedKey'] }
  }
  '/api/me/groups': {
    get: { answer: { readonly data: readonly { readonly id: string }[]; readonly next_cursor: null } }
  }
  '/api/me/projects': {
    get: { query: { readonly cursor?: string; readonly limit?: number; readonly key?: string }; answer: { readonly data: readonly components['schemas']['Project'][]; readonly next_cursor: (string | null) } }
    post: { body: components['schemas']['NewMyProject']; answer: components['schemas']['Project'] }
  }
  '/api/me/projects/{id}': {
    get: { answer: components['schemas']['Project'] }
    patch: { body: components['schemas']['ProjectChanges']; answer: components['schemas']['Project'] }
    delete: { answer: components['schemas']['Project'] }
  }
  '/api/me/models': {
    get: { query: { readonly key?: string }; answer: components['schemas']['MyModels'] }
  }
  '/api/me/requests/live': {
    get: { query: { readonly key_id?: string; readonly project_id?: string; readonly model?: string; readonly status?: string; readonly ended?: ("whole" | "client_cut" | "upstream_cut" | "failed" | "abandoned"); readonly client_format?: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank"); readonly q?: string; readonly since?: string; readonly until?: string; readonly key?: string }; answer: undefined }
  }
  '/api/me/requests.csv': {
    get: { query: { readonly key_id?: string; readonly project_id?: string; readonly model?: string; readonly status?: string; readonly ended?: ("whole" | "client_cut" | "upstream_cut" | "failed" | "abandoned"); readonly client_format?: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank"); readonly q?: string; readonly since?: string; readonly until?: string; readonly key?: string }; answer: undefined }
  }
  '/api/me/requests/{request_id}/payload': {
    get: { answer: components['schemas']['Payload'] }
  }
  '/api/me/ledger': {
    get: { query: { readonly only?: ("charges" | "others"); readonly since?: string; readonly until?: string; readonly cursor?: string; readonly limit?: number; readonly key?: string }; answer: { readonly data: readonly components['schemas']['AccountPosting'][]; readonly next_cursor: (string | null) } }
  }
  '/api/me/invoices': {
    get: { query: { readonly key?: string }; answer: { readonly data: readonly components['schemas']['Invoice'][]; readonly next_cursor: null } }
  }
  '/api/me/invoices/{file}': {
    get: { query: { readonly key?: string }; answer: undefined }
  }
  '/api/me/balance': {
    get: { answer: components['schemas']['Balance'] }
  }
  '/api/me/requests': {
    get: { query: { readonly key_id?: string; readonly project_id?: string; readonly model?: string; readonly status?: string; readonly ended?: ("whole" | "client_cut" | "upstream_cut" | "failed" | "abandoned"); readonly client_format?: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank"); readonly q?: string; readonly since?: string; readonly until?: string; readonly cursor?: string; readonly limit?: number; readonly key?: string }; answer: { readonly data: readonly components['schemas']['Receipt'][]; readonly next_cursor: (string | null) } }
  }
  '/api/me/requests/{request_id}': {
    get: { answer: components['schemas']['SignedReceipt'] }
  }
  '/api/me/key': {
    get: { answer: components['schemas']['Key'] }
  }
  '/api/openapi.json': {
    get: { answer: Readonly<Record<string, unknown>> }
  }
}

export interface components {
  schemas: {
    'Error': { readonly error: { readonly message: string; readonly type: string; readonly code: string; readonly param: (string | null); readonly details?: { readonly field: string; readonly issue: string; readonly mistakes?: readonly { readonly field: string; readonly issue: string }[] }; readonly request_id: string } }
    'Session': { readonly person: components['schemas']['SignedInPerson']; readonly session_id: (string | null); readonly operator: boolean; readonly impersonating: ({ readonly user_id: string; readonly email: string; readonly name: string } | null); readonly organisations: readonly { readonly id: string; readonly name: string; readonly role: string }[]; readonly sign_up: ("open" | "invited" | "closed"); readonly mail: boolean; readonly oidc: readonly { readonly id: string; readonly name: string }[]; readonly version: string; readonly public_url: string }
    'SignedInPerson': ({ readonly id: string; readonly email: string; readonly name: string; readonly email_verified: boolean; readonly two_factor: boolean; readonly administrator: boolean } | null)
    'AdminKey': { readonly admin_key: string }
    'Organisation': { readonly id: string; readonly name: string; readonly email: string; readonly plan: (string | null); readonly role: string; readonly created_at: string }
    'NamedOrganisation': { readonly name: string }
    'Member': { readonly person_id: string; readonly email: string; readonly name: string; readonly two_factor: boolean; readonly role: string; readonly since: string }
    'MemberChanges': { readonly role: ("owner" | "admin" | "developer" | "billing" | "viewer") }
    'Invitation': { readonly id: string; readonly user_id: (string | null); readonly email: (string | null); readonly role: (string | null); readonly invited_by: string; readonly created_at: string; readonly expires_at: string }
    'MadeInvitation': (components['schemas']['Invitation'] & { readonly url: string; readonly sent: boolean })
    'NewInvitation': { readonly email?: string; readonly role: ("owner" | "admin" | "developer" | "billing" | "viewer") }
    'ShownInvitation': { readonly organisation: ({ readonly id: string; readonly name: string } | null); readonly email: (string | null); readonly role: (string | null); readonly expires_at: string }
    'NewInvitationOfOperator': { readonly email?: string; readonly user_id?: (string | null); readonly role?: ("owner" | "admin" | "developer" | "billing" | "viewer") }
    'AuditEntry': { readonly id: string; readonly at: string; readonly actor: string; readonly actor_name: (string | null); readonly address: string; readonly user_id: (string | null); readonly action: string; readonly subject: (string | null); readonly before?: (Readonly<Record<string, unknown>> | null); readonly after?: (Readonly<Record<string, unknown>> | null); readonly reason: (string | null); readonly request_id: string }
    'Person': { readonly id: string; readonly email: string; readonly name: string; readonly email_verified: boolean; readonly two_factor: boolean; readonly administrator: boolean; readonly disabled: boolean; readonly created_at: string; readonly organisations: readonly { readonly id: string; readonly name: string; readonly role: string }[] }
    'PersonChanges': { readonly administrator?: boolean; readonly disabled?: boolean; readonly email?: string; readonly email_verified?: true; readonly reason?: string }
    'ResetLink': { readonly url: (string | null); readonly sent: boolean; readonly expires_at: string }
    'NewResetLink': { readonly reason?: string; readonly send?: boolean }
    'PersonSession': { readonly id: string; readonly address: (string | null); readonly user_agent: (string | null); readonly created_at: string; readonly last_used_at: string; readonly expires_at: string }
    'Impersonation': { readonly impersonating: { readonly user_id: string; readonly email: string } }
    'ImpersonationReason': { readonly reason?: string }
    'User': { readonly id: string; readonly email: string; readonly name: (string | null); readonly operator: boolean; readonly plan: (string | null); readonly rate_multiplier: string; readonly created_at: string }
    'NewUser': { readonly email: string; readonly plan?: (string | null); readonly rate_multiplier?: string }
    'ListedUser': (components['schemas']['User'] & { readonly balance: components['schemas']['Balance']; readonly keys: number; readonly last_used_at: (string | null) })
    'Balance': { readonly posted_usd: string; readonly held_usd: string; readonly available_usd: string; readonly credit_line_usd: string }
    'UserChanges': { readonly email?: string; readonly plan?: (string | null); readonly rate_multiplier?: string }
    'UserMember': (components['schemas']['Member'] & { readonly email_verified: boolean; readonly administrator: boolean; readonly disabled: boolean })
    'NewCredit': { readonly amount_usd: string; readonly reason: string; readonly kind?: ("credit" | "promotional-credit" | "correction"); readonly idempotency_key: string }
    'AdministeredPlan': (components['schemas']['Plan'] & { readonly source: ("file" | "environment" | "implied" | "api"); readonly version: (number | null); readonly created_at: (string | null); readonly updated_at: (string | null); readonly updated_by: (string | null) })
    'Plan': { readonly id: string; readonly discount: string; readonly price_usd: string; readonly for_sale: boolean; readonly rpm: (number | null); readonly tpm: (number | null); readonly itpm: (number | null); readonly otpm: (number | null); readonly concurrency: (number | null); readonly on_disconnect: ("delivered" | "drain") }
    'NewPlan': { readonly id: string; readonly discount?: string; readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null); readonly on_disconnect?: ("delivered" | "drain" | null); readonly price_usd?: (string | null); readonly for_sale?: boolean }
    'PlanChanges': { readonly discount?: string; readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null); readonly on_disconnect?: ("delivered" | "drain" | null); readonly price_usd?: (string | null); readonly for_sale?: boolean; readonly version?: number }
    'Deleted': { readonly id: string; readonly deleted: true }
    'OfferedPlan': (components['schemas']['Plan'] & { readonly current: boolean })
    'PurchasedPlan': (components['schemas']['Balance'] & { readonly plan: string })
    'PlanPurchase': { readonly plan: string; readonly idempotency_key: string }
    'MadeRedemptionCodes': { readonly data: readonly { readonly id: string; readonly hint: string; readonly amount_usd: string; readonly uses: number; readonly uses_max: number; readonly state: ("open" | "used_up" | "expired" | "revoked"); readonly note: (string | null); readonly created_at: string; readonly created_by: string; readonly expires_at: (string | null); readonly revoked_at: (string | null); readonly revoked_by: (string | null); readonly code: string }[] }
    'NewRedemptionCodes': { readonly amount_usd: string; readonly count?: number; readonly uses_max?: number; readonly expires_at?: string; readonly note?: (string | null); readonly prefix?: string }
    'RedemptionCode': { readonly id: string; readonly hint: string; readonly amount_usd: string; readonly uses: number; readonly uses_max: number; readonly state: ("open" | "used_up" | "expired" | "revoked"); readonly note: (string | null); readonly created_at: string; readonly created_by: string; readonly expires_at: (string | null); readonly revoked_at: (string | null); readonly revoked_by: (string | null) }
    'Redeemed': (components['schemas']['Balance'] & { readonly redeemed_usd: string })
    'Redeem': { readonly code: string }
    'Project': { readonly id: string; readonly name: string; readonly user_id: (string | null); readonly budget_usd: (string | null); readonly budgets: { readonly '5h'?: string; readonly day?: string; readonly week?: string; readonly month?: string }; readonly created_at: string; readonly archived_at: (string | null) }
    'NewProject': { readonly name: string; readonly user_id?: (string | null); readonly budget_usd?: string; readonly budgets?: { readonly '5h'?: string; readonly day?: string; readonly week?: string; readonly month?: string } }
    'ProjectChanges': { readonly name?: string; readonly budget_usd?: string; readonly budgets?: { readonly '5h'?: string; readonly day?: string; readonly week?: string; readonly month?: string } }
    'CreatedKey': (components['schemas']['Key'] & { readonly key: string })
    'Key': { readonly id: string; readonly user_id: string; readonly project_id: (string | null); readonly name: string; readonly group: string; readonly prefix: string; readonly state: ("active" | "expired" | "revoked"); readonly models: (readonly string[] | null); readonly rpm: (number | null); readonly tpm: (number | null); readonly itpm: (number | null); readonly otpm: (number | null); readonly concurrency: (number | null); readonly budget_usd: (string | null); readonly budgets: { readonly '5h'?: string; readonly day?: string; readonly week?: string; readonly month?: string }; readonly ip_allow: (readonly string[] | null); readonly scopes: readonly ("generate" | "embed" | "models" | "receipts" | "account" | "pass-through")[]; readonly labels: readonly string[]; readonly created_at: string; readonly expires_at: (string | null); readonly revoked_at: (string | null); readonly made_by: ("operator" | "member") }
    'NewKey': { readonly user_id: string; readonly name: string; readonly group?: (string | null); readonly project_id?: (string | null); readonly models?: (readonly string[] | null); readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null); readonly budget_usd?: string; readonly budgets?: { readonly '5h'?: string; readonly day?: string; readonly week?: string; readonly month?: string }; readonly expires_at?: string; readonly ip_allow?: (readonly string[] | null); readonly scopes?: (readonly ("generate" | "embed" | "models" | "receipts" | "account" | "pass-through")[] | null); readonly labels?: (readonly string[] | null) }
    'KeyChanges': { readonly models?: (readonly string[] | null); readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null); readonly budget_usd?: string; readonly budgets?: { readonly '5h'?: string; readonly day?: string; readonly week?: string; readonly month?: string }; readonly expires_at?: string; readonly ip_allow?: (readonly string[] | null); readonly labels?: (readonly string[] | null); readonly name?: string }
    'RotatedKey': (components['schemas']['Key'] & { readonly key: string; readonly old_valid_until: string })
    'Rotation': { readonly overlap?: (string | number) }
    'Payload': { readonly request_id: string; readonly at: string; readonly client_request: components['schemas']['PayloadRequest']; readonly upstream_request: (components['schemas']['PayloadRequest']); readonly upstream_response: components['schemas']['PayloadResponse']; readonly client_response: components['schemas']['PayloadResponse']; readonly attempts: readonly components['schemas']['PayloadAttempt'][] }
    'PayloadRequest': (components['schemas']['PayloadBody'] & { readonly method: string; readonly path: string })
    'PayloadBody': { readonly headers: Readonly<Record<string, string>>; readonly encoding: ("utf8" | "base64"); readonly body: string; readonly bytes: number; readonly cut: boolean }
    'PayloadResponse': ((components['schemas']['PayloadBody'] & { readonly status: number }) | null)
    'PayloadAttempt': { readonly channel: string; readonly start_ms: number; readonly request: components['schemas']['PayloadRequest']; readonly response: (components['schemas']['PayloadResponse']) }
    'Receipt': { readonly request_id: string; readonly corrects?: string; readonly at: string; readonly user_id: string; readonly key_id: string; readonly project_id: (string | null); readonly group: string; readonly client_format: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank"); readonly upstream_format: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank" | "bedrock-converse"); readonly action: string; readonly model_requested: string; readonly model_served: string; readonly provider: string; readonly channel: string; readonly attempts: readonly components['schemas']['Attempt'][]; readonly status: number; readonly stream: boolean; readonly ended: ("whole" | "client_cut" | "upstream_cut" | "failed" | "abandoned"); readonly usage: components['schemas']['Usage']; readonly usage_source: ("upstream" | "estimated"); readonly service_tier: string; readonly prices: components['schemas']['Prices']; readonly multipliers: components['schemas']['Multipliers']; readonly quote_usd: string; readonly cost_usd: string; readonly uncollected_usd: string; readonly latency_ms: number; readonly ttft_ms: (number | null); readonly overhead_ms: number; readonly warnings: readonly string[]; readonly raw_usage?: unknown }
    'Attempt': { readonly channel: string; readonly key: (string | null); readonly why: (string | null); readonly status: number; readonly error: (string | null); readonly ms: number; readonly start_ms: (number | null) }
    'Usage': { readonly input: number; readonly cache_read: number; readonly cache_write_5m: number; readonly cache_write_1h: number; readonly output: number; readonly reasoning: number; readonly input_audio?: number; readonly output_audio?: number; readonly images?: number; readonly input_seconds?: number; readonly output_seconds?: number; readonly characters?: number; readonly web_searches?: number; readonly search_units?: number; readonly file_searches?: number; readonly code_sessions?: number; readonly image_input?: number; readonly image_output?: number }
    'Prices': { readonly input: string; readonly cache_read: string; readonly cache_write_5m: string; readonly cache_write_1h: string; readonly output: (string | null); readonly input_audio?: string; readonly output_audio?: string; readonly per_request?: string; readonly per_web_search?: string; readonly per_searched_request?: string; readonly per_image?: string; readonly per_input_second?: string; readonly per_output_second?: string; readonly per_million_characters?: string; readonly per_search_unit?: string; readonly per_file_search?: string; readonly per_code_session?: string; readonly per_million_image_input?: string; readonly per_million_image_output?: string }
    'Multipliers': { readonly user: string; readonly model: string; readonly group: string; readonly plan_discount: string }
    'SignedReceipt': (components['schemas']['Receipt'] & { readonly corrected_by?: string; readonly payload_captured: boolean; readonly lines: readonly components['schemas']['ReceiptLine'][]; readonly signature: components['schemas']['Signature'] })
    'ReceiptLine': { readonly bucket: string; readonly tokens: (number | null); readonly price_usd_per_mtok: (string | null); readonly quantity: (number | null); readonly price_usd: (string | null); readonly per: (number | null); readonly usd: string }
    'Signature': { readonly alg: "Ed25519"; readonly key_id: string; readonly value: string }
    'Refund': (components['schemas']['Balance'] & { readonly request_id: string; readonly refunded_usd: string })
    'NewRefund': { readonly amount_usd?: string; readonly reason: string; readonly idempotency_key: string }
    'ReceiptKeys': { readonly keys: readonly { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string; readonly kid: string; readonly use: "sig"; readonly alg: "EdDSA"; readonly valid_from: string; readonly valid_to: (string | null) }[] }
    'LedgerCheck': { readonly ok: boolean; readonly accounts: number; readonly postings: number; readonly open_holds: number; readonly sum_usd: string; readonly faults: readonly string[] }
    'LedgerAccounts': { readonly accounts: readonly { readonly account: string; readonly balance_usd: string }[]; readonly sum_usd: string }
    'UsageSeries': { readonly interval: ("hour" | "day"); readonly since: string; readonly until: string; readonly data: readonly { readonly at: string; readonly by: (string | null); readonly requests: number; readonly errors: number; readonly input: number; readonly cache_read: number; readonly cache_write: number; readonly output: number; readonly reasoning: number; readonly cost_usd: string; readonly latency_p50_ms: (number | null); readonly latency_p95_ms: (number | null); readonly ttft_p50_ms: (number | null); readonly cache_hit_ratio: (number | null) }[] }
    'MyUsage': { readonly since: string; readonly until: string; readonly group_by: readonly string[]; readonly data: readonly { readonly day?: string; readonly user_id?: string; readonly key_id?: string; readonly project_id?: (string | null); readonly model?: string; readonly provider?: string; readonly requests: number; readonly failed: number; readonly tokens: { readonly input: number; readonly input_audio: number; readonly cache_read: number; readonly cache_write_5m: number; readonly cache_write_1h: number; readonly output: number; readonly output_audio: number; readonly reasoning: number }; readonly cost_usd: string; readonly uncollected_usd: string }[]; readonly totals: { readonly requests: number; readonly failed: number; readonly tokens: { readonly input: number; readonly input_audio: number; readonly cache_read: number; readonly cache_write_5m: number; readonly cache_write_1h: number; readonly output: number; readonly output_audio: number; readonly reasoning: number }; readonly cost_usd: string; readonly uncollected_usd: string } }
    'Overview': { readonly since: string; readonly until: string; readonly totals: { readonly requests: number; readonly errors: number; readonly unpriced: number; readonly cost_usd: string; readonly uncollected_usd: string; readonly provider_cost_usd: string; readonly margin_usd: string }; readonly previous: { readonly requests: number; readonly errors: number; readonly unpriced: number; readonly cost_usd: string; readonly uncollected_usd: string; readonly provider_cost_usd: string; readonly margin_usd: string }; readonly series: readonly { readonly day: string; readonly requests: number; readonly errors: number; readonly unpriced: number; readonly cost_usd: string; readonly uncollected_usd: string; readonly provider_cost_usd: string; readonly margin_usd: string }[]; readonly by_provider: { readonly data: readonly { readonly provider: string; readonly requests: number; readonly errors: number; readonly unpriced: number; readonly cost_usd: string; readonly uncollected_usd: string; readonly provider_cost_usd: string; readonly margin_usd: string }[]; readonly rest: { readonly requests: number; readonly errors: number; readonly unpriced: number; readonly cost_usd: string; readonly uncollected_usd: string; readonly provider_cost_usd: string; readonly margin_usd: string } }; readonly by_model: { readonly data: readonly { readonly model: string; readonly requests: number; readonly errors: number; readonly unpriced: number; readonly cost_usd: string; readonly uncollected_usd: string; readonly provider_cost_usd: string; readonly margin_usd: string }[]; readonly rest: { readonly requests: number; readonly errors: number; readonly unpriced: number; readonly cost_usd: string; readonly uncollected_usd: string; readonly provider_cost_usd: string; readonly margin_usd: string } }; readonly by_user: { readonly data: readonly { readonly user_id: string; readonly email: (string | null); readonly requests: number; readonly errors: number; readonly unpriced: number; readonly cost_usd: string; readonly uncollected_usd: string; readonly provider_cost_usd: string; readonly margin_usd: string }[]; readonly rest: { readonly requests: number; readonly errors: number; readonly unpriced: number; readonly cost_usd: string; readonly uncollected_usd: string; readonly provider_cost_usd: string; readonly margin_usd: string } }; readonly users: { readonly total: number; readonly new: number }; readonly accounts: readonly { readonly account: string; readonly balance_usd: string }[]; readonly alerts_open: number }
    'Reconciliation': { readonly id: string; readonly provider: string; readonly created_at: string; readonly format: string; readonly since: string; readonly until: string; readonly ok: boolean; readonly above: number; readonly unpriced: number; readonly totals: readonly { readonly measure: string; readonly theirs: string; readonly ours: string; readonly difference: string; readonly percent: (string | null); readonly above: boolean }[]; readonly rows: readonly { readonly day: string; readonly model: (string | null); readonly drifts: readonly { readonly measure: string; readonly theirs: string; readonly ours: string; readonly difference: string; readonly percent: (string | null); readonly above: boolean }[] }[] }
    'NewReconciliation': { readonly provider: string; readonly content: string; readonly since?: string; readonly until?: string; readonly models?: Readonly<Record<string, string>>; readonly threshold_percent?: string; readonly threshold_usd?: string; readonly threshold_tokens?: string }
    'ReconciliationSummary': { readonly id: string; readonly provider: string; readonly created_at: string; readonly format: string; readonly since: string; readonly until: string; readonly ok: boolean; readonly above: number; readonly unpriced: number; readonly totals: readonly { readonly measure: string; readonly theirs: string; readonly ours: string; readonly difference: string; readonly percent: (string | null); readonly above: boolean }[] }
    'ModelPrice': { readonly id: (string | null); readonly model: string; readonly source: ("built-in" | "catalogue file" | "administrator"); readonly state: ("in_force" | "to_come" | "past" | "replaced" | "withdrawn"); readonly effective_from: (string | null); readonly price: components['schemas']['Price']; readonly set_at: (string | null); readonly set_by: (string | null); readonly reason: (string | null); readonly withdrawn_at: (string | null); readonly withdrawn_by: (string | null); readonly withdrawn_reason: (string | null) }
    'Price': { readonly input: string; readonly output?: string; readonly cache_read: string; readonly cache_write_5m: string; readonly cache_write_1h: string; readonly input_audio?: string; readonly output_audio?: string; readonly tiers?: readonly { readonly input: string; readonly output?: string; readonly cache_read: string; readonly cache_write_5m: string; readonly cache_write_1h: string; readonly input_audio?: string; readonly output_audio?: string; readonly above_input_tokens: number }[]; readonly service_tiers?: Readonly<Record<string, { readonly input: string; readonly output?: string; readonly cache_read: string; readonly cache_write_5m: string; readonly cache_write_1h: string; readonly input_audio?: string; readonly output_audio?: string; readonly tiers?: readonly { readonly input: string; readonly output?: string; readonly cache_read: string; readonly cache_write_5m: string; readonly cache_write_1h: string; readonly input_audio?: string; readonly output_audio?: string; readonly above_input_tokens: number }[]; readonly per_request?: string; readonly per_web_search?: string; readonly per_image?: string; readonly per_input_second?: string; readonly per_output_second?: string; readonly per_million_characters?: string; readonly per_search_unit?: string; readonly per_file_search?: string; readonly per_code_session?: string; readonly per_million_image_input?: string; readonly per_million_image_output?: string }>>; readonly per_request?: string; readonly per_web_search?: string; readonly per_image?: string; readonly per_input_second?: string; readonly per_output_second?: string; readonly per_million_characters?: string; readonly per_search_unit?: string; readonly per_file_search?: string; readonly per_code_session?: string; readonly per_million_image_input?: string; readonly per_million_image_output?: string }
    'NewPrice': { readonly input: string; readonly output?: string; readonly cache_read?: string; readonly cache_write_5m?: string; readonly cache_write_1h?: string; readonly input_audio?: string; readonly output_audio?: string; readonly tiers?: readonly components['schemas']['PriceTier'][]; readonly service_tiers?: Readonly<Record<string, (string | { readonly input: string; readonly output?: string; readonly cache_read?: string; readonly cache_write_5m?: string; readonly cache_write_1h?: string; readonly input_audio?: string; readonly output_audio?: string; readonly tiers?: readonly components['schemas']['PriceTier'][]; readonly per_request?: string; readonly per_web_search?: string; readonly per_image?: string; readonly per_second?: string; readonly per_input_second?: string; readonly per_output_second?: string; readonly per_million_characters?: string; readonly per_search_unit?: string; readonly per_file_search?: string; readonly per_code_session?: string; readonly per_million_image_input?: string; readonly per_million_image_output?: string })>>; readonly per_request?: string; readonly per_web_search?: string; readonly per_image?: string; readonly per_second?: string; readonly per_input_second?: string; readonly per_output_second?: string; readonly per_million_characters?: string; readonly per_search_unit?: string; readonly per_file_search?: string; readonly per_code_session?: string; readonly per_million_image_input?: string; readonly per_million_image_output?: string; readonly effective_from?: string; readonly reason?: string }
    'PriceTier': { readonly input: string; readonly output?: string; readonly cache_read?: string; readonly cache_write_5m?: string; readonly cache_write_1h?: string; readonly input_audio?: string; readonly output_audio?: string; readonly above_input_tokens: number }
    'NewModelPrice': { readonly model: string; readonly input: string; readonly output?: string; readonly cache_read?: string; readonly cache_write_5m?: string; readonly cache_write_1h?: string; readonly input_audio?: string; readonly output_audio?: string; readonly tiers?: readonly components['schemas']['PriceTier'][]; readonly service_tiers?: Readonly<Record<string, (string | { readonly input: string; readonly output?: string; readonly cache_read?: string; readonly cache_write_5m?: string; readonly cache_write_1h?: string; readonly input_audio?: string; readonly output_audio?: string; readonly tiers?: readonly components['schemas']['PriceTier'][]; readonly per_request?: string; readonly per_web_search?: string; readonly per_image?: string; readonly per_second?: string; readonly per_input_second?: string; readonly per_output_second?: string; readonly per_million_characters?: string; readonly per_search_unit?: string; readonly per_file_search?: string; readonly per_code_session?: string; readonly per_million_image_input?: string; readonly per_million_image_output?: string })>>; readonly per_request?: string; readonly per_web_search?: string; readonly per_image?: string; readonly per_second?: string; readonly per_input_second?: string; readonly per_output_second?: string; readonly per_million_characters?: string; readonly per_search_unit?: string; readonly per_file_search?: string; readonly per_code_session?: string; readonly per_million_image_input?: string; readonly per_million_image_output?: string; readonly effective_from?: string; readonly reason?: string }
    'PriceChanges': { readonly input?: string; readonly output?: string; readonly cache_read?: string; readonly cache_write_5m?: string; readonly cache_write_1h?: string; readonly input_audio?: string; readonly output_audio?: string; readonly tiers?: (readonly components['schemas']['PriceTier'][] | null); readonly service_tiers?: (Readonly<Record<string, (string | { readonly input: string; readonly output?: string; readonly cache_read?: string; readonly cache_write_5m?: string; readonly cache_write_1h?: string; readonly input_audio?: string; readonly output_audio?: string; readonly tiers?: readonly components['schemas']['PriceTier'][]; readonly per_request?: string; readonly per_web_search?: string; readonly per_image?: string; readonly per_second?: string; readonly per_input_second?: string; readonly per_output_second?: string; readonly per_million_characters?: string; readonly per_search_unit?: string; readonly per_file_search?: string; readonly per_code_session?: string; readonly per_million_image_input?: string; readonly per_million_image_output?: string })>> | null); readonly per_request?: string; readonly per_web_search?: string; readonly per_image?: string; readonly per_second?: string; readonly per_input_second?: string; readonly per_output_second?: string; readonly per_million_characters?: string; readonly per_search_unit?: string; readonly per_file_search?: string; readonly per_code_session?: string; readonly per_million_image_input?: string; readonly per_million_image_output?: string; readonly effective_from?: string; readonly reason?: (string | null) }
    'PricePreview': { readonly model: string; readonly since: string; readonly until: string; readonly whole: boolean; readonly requests: number; readonly cost_usd_then: string; readonly cost_usd_with: string; readonly difference_usd: string; readonly unpriced: number; readonly by_group: readonly { readonly group: string; readonly requests: number; readonly cost_usd_then: string; readonly cost_usd_with: string; readonly difference_usd: string }[]; readonly by_day: readonly { readonly day: string; readonly requests: number; readonly cost_usd_then: string; readonly cost_usd_with: string; readonly difference_usd: string }[]; readonly by_user: readonly { readonly user_id: string; readonly email: (string | null); readonly requests: number; readonly cost_usd_then: string; readonly cost_usd_with: string; readonly difference_usd: string }[] }
    'Provider': { readonly id: string; readonly kind?: ("openai" | "anthropic" | "gemini" | "deepseek" | "azure" | "azure-deployments" | "bedrock" | "vertex" | "openai-compatible" | "mistral" | "xai" | "moonshot" | "zai" | "qwen" | "volcengine" | "minimax" | "cohere" | "voyage" | "jina" | "perplexity" | "groq" | "openrouter" | "together" | "fireworks" | "cerebras" | "bedrock-mantle" | "ollama" | "vllm" | "lmstudio" | "claude-cli" | "demo"); readonly base_url?: (string | null); readonly proxy?: (string | null); readonly cost_multiplier?: string; readonly spend_stop?: { readonly day_usd?: (string | null); readonly month_usd?: (string | null) }; readonly protocol?: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "bedrock-converse" | null); readonly models?: (readonly string[] | null); readonly pass_through?: readonly { readonly path?: string; readonly methods?: readonly ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE")[]; readonly free?: boolean }[]; readonly claude_cli?: { readonly command?: string; readonly processes_max?: number; readonly queue_max?: number; readonly tools?: readonly string[]; readonly environment?: readonly string[]; readonly line_bytes?: string; readonly stop_timeout?: string; readonly check_interval?: string }; readonly timeouts?: { readonly connect?: (string | null); readonly first_byte?: (string | null); readonly idle?: (string | null); readonly total?: (string | null) }; readonly keys: readonly components['schemas']['ProviderKey'][]; readonly paused: boolean; readonly since: (string | null); readonly paused_by: (string | null); readonly reason: (string | null); readonly source: ("file" | "environment" | "implied" | "api"); readonly version: (number | null); readonly created_at: (string | null); readonly updated_at: (string | null); readonly updated_by: (string | null) }
    'ProviderKey': { readonly id: string; readonly last4: (string | null); readonly weight?: number; readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null); readonly day_usd?: (string | null); readonly month_usd?: (string | null); readonly standing: ("ready" | "probe" | "blocked"); readonly block: components['schemas']['HealthBlock']; readonly version: (number | null); readonly created_at: (string | null); readonly updated_at: (string | null); readonly updated_by: (string | null) }
    'HealthBlock': ({ readonly kind: ("failing" | "told-to-wait" | "refused" | "spent"); readonly reason: string; readonly since: string; readonly until: (string | null) } | null)
    'NewProvider': { readonly id: string; readonly kind?: ("openai" | "anthropic" | "gemini" | "deepseek" | "azure" | "azure-deployments" | "bedrock" | "vertex" | "openai-compatible" | "mistral" | "xai" | "moonshot" | "zai" | "qwen" | "volcengine" | "minimax" | "cohere" | "voyage" | "jina" | "perplexity" | "groq" | "openrouter" | "together" | "fireworks" | "cerebras" | "bedrock-mantle" | "ollama" | "vllm" | "lmstudio" | "claude-cli" | "demo"); readonly base_url?: (string | null); readonly proxy?: (string | null); readonly cost_multiplier?: string; readonly spend_stop?: { readonly day_usd?: (string | null); readonly month_usd?: (string | null) }; readonly protocol?: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "bedrock-converse" | null); readonly models?: (readonly string[] | null); readonly pass_through?: readonly { readonly path?: string; readonly methods?: readonly ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE")[]; readonly free?: boolean }[]; readonly timeouts?: { readonly connect?: (string | null); readonly first_byte?: (string | null); readonly idle?: (string | null); readonly total?: (string | null) }; readonly keys?: readonly (string | components['schemas']['NewProviderKey'])[] }
    'NewProviderKey': { readonly key: string; readonly id?: string; readonly weight?: number; readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null); readonly day_usd?: (string | null); readonly month_usd?: (string | null) }
    'ProviderChanges': { readonly kind?: ("openai" | "anthropic" | "gemini" | "deepseek" | "azure" | "azure-deployments" | "bedrock" | "vertex" | "openai-compatible" | "mistral" | "xai" | "moonshot" | "zai" | "qwen" | "volcengine" | "minimax" | "cohere" | "voyage" | "jina" | "perplexity" | "groq" | "openrouter" | "together" | "fireworks" | "cerebras" | "bedrock-mantle" | "ollama" | "vllm" | "lmstudio" | "claude-cli" | "demo"); readonly base_url?: (string | null); readonly proxy?: (string | null); readonly cost_multiplier?: string; readonly spend_stop?: { readonly day_usd?: (string | null); readonly month_usd?: (string | null) }; readonly protocol?: ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "bedrock-converse" | null); readonly models?: (readonly string[] | null); readonly pass_through?: readonly { readonly path?: string; readonly methods?: readonly ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE")[]; readonly free?: boolean }[]; readonly timeouts?: { readonly connect?: (string | null); readonly first_byte?: (string | null); readonly idle?: (string | null); readonly total?: (string | null) }; readonly version?: number }
    'Reason': { readonly reason?: string }
    'ProviderKeyChanges': { readonly key?: string; readonly weight?: number; readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null); readonly day_usd?: (string | null); readonly month_usd?: (string | null); readonly version?: number }
    'ProviderTest': { readonly id: string; readonly ok: boolean; readonly keys: readonly { readonly id: string; readonly ok: boolean; readonly status: (number | null); readonly latency_ms: number; readonly error: (string | null) }[] }
    'ProviderTestRequest': { readonly model?: string }
    'ProvidersHealth': { readonly providers: readonly { readonly id: string; readonly kind: string; readonly paused: boolean; readonly paused_since: (string | null); readonly paused_by: (string | null); readonly pause_reason: (string | null); readonly spend: components['schemas']['ProviderSpend']; readonly keys: readonly { readonly id: string; readonly last4: (string | null); readonly weight: number; readonly subject: string; readonly standing: ("ready" | "probe" | "blocked"); readonly block: components['schemas']['HealthBlock']; readonly recent: { readonly outcomes: number; readonly failures: number }; readonly models: readonly { readonly model: string; readonly subject: string; readonly standing: ("ready" | "probe" | "blocked"); readonly block: components['schemas']['HealthBlock']; readonly recent: { readonly outcomes: number; readonly failures: number } }[]; readonly spend: components['schemas']['ProviderSpend'] }[]; readonly channels: readonly { readonly id: string; readonly groups: readonly string[]; readonly subject: string; readonly standing: ("ready" | "probe" | "blocked"); readonly block: components['schemas']['HealthBlock']; readonly recent: { readonly outcomes: number; readonly failures: number }; readonly under_way: number; readonly first_content_ms: (number | null); readonly whole_answer_ms: (number | null); readonly models: readonly { readonly model: string; readonly subject: string; readonly standing: ("ready" | "probe" | "blocked"); readonly block: components['schemas']['HealthBlock']; readonly recent: { readonly outcomes: number; readonly failures: number } }[] }[] }[] }
    'ProviderSpend': { readonly day_usd: string; readonly day_stop_usd: (string | null); readonly month_usd: string; readonly month_stop_usd: (string | null) }
    'Resumed': { readonly subject: string; readonly resumed: boolean }
    'ResumeRequest': { readonly subject: string }
    'Status': { readonly status: ("operational" | "degraded" | "down"); readonly at: string; readonly models: readonly { readonly id: string; readonly status: ("available" | "degraded" | "unavailable"); readonly since: (string | null); readonly uptime: { readonly today: (number | null); readonly last_30_days: (number | null) } }[]; readonly uptime: { readonly today: (number | null); readonly last_30_days: (number | null); readonly days: readonly { readonly day: string; readonly uptime: (number | null) }[] } }
    'PublicModels': { readonly at: string; readonly pricing_unit: "usd_per_million_tokens"; readonly plans: readonly { readonly id: string; readonly discount: string }[]; readonly data: readonly { readonly id: string; readonly aliases: readonly string[]; readonly display_name: string; readonly provider: string; readonly type: ("chat" | "completion" | "embedding" | "image" | "audio" | "rerank" | "moderation"); readonly context_window: (number | null); readonly max_output_tokens: (number | null); readonly capabilities: readonly string[]; readonly created: number; readonly pricing: (Readonly<Record<string, unknown>> | null); readonly own_pricing: readonly { readonly plan: (string | null); readonly pricing: (Readonly<Record<string, unknown>> | null) }[] }[]; readonly retired: readonly { readonly id: string; readonly successor: string }[] }
    'Channel': { readonly id: string; readonly provider?: string; readonly groups?: readonly string[]; readonly models?: (readonly string[] | null); readonly model_map?: Readonly<Record<string, string>>; readonly priority?: number; readonly weight?: number; readonly source: ("file" | "environment" | "implied" | "api"); readonly version: (number | null); readonly created_at: (string | null); readonly updated_at: (string | null); readonly updated_by: (string | null) }
    'NewChannel': { readonly id: string; readonly provider?: string; readonly groups?: readonly string[]; readonly models?: (readonly string[] | null); readonly model_map?: Readonly<Record<string, string>>; readonly priority?: number; readonly weight?: number }
    'ChannelChanges': { readonly provider?: string; readonly groups?: readonly string[]; readonly models?: (readonly string[] | null); readonly model_map?: Readonly<Record<string, string>>; readonly priority?: number; readonly weight?: number; readonly version?: number }
    'Group': { readonly id: string; readonly multiplier?: string; readonly cache_breakpoints?: boolean; readonly cache_ttl?: ("5m" | "1h" | null); readonly strategy?: ("weighted" | "least_busy" | "lowest_latency" | "lowest_cost" | "cache_affinity"); readonly hedge_after?: (string | null); readonly rules?: readonly { readonly name?: (string | null); readonly enabled?: boolean; readonly when?: { readonly models?: (readonly string[] | null); readonly formats?: (readonly ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank")[] | null); readonly bytes_min?: (string | null); readonly bytes_max?: (string | null); readonly tools?: (boolean | null); readonly images?: (boolean | null); readonly stream?: (boolean | null); readonly headers?: Readonly<Record<string, string>>; readonly labels?: (readonly string[] | null); readonly hours?: (string | null); readonly days?: (readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | null); readonly zone?: string }; readonly do?: { readonly model?: (string | null); readonly channels?: (readonly string[] | null); readonly parameters?: Readonly<Record<string, (string | null)>>; readonly refuse?: (string | null) } }[]; readonly limits?: { readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null) }; readonly source: ("file" | "environment" | "implied" | "api"); readonly version: (number | null); readonly created_at: (string | null); readonly updated_at: (string | null); readonly updated_by: (string | null) }
    'NewGroup': { readonly id: string; readonly multiplier?: string; readonly cache_breakpoints?: boolean; readonly cache_ttl?: ("5m" | "1h" | null); readonly strategy?: ("weighted" | "least_busy" | "lowest_latency" | "lowest_cost" | "cache_affinity"); readonly hedge_after?: (string | null); readonly rules?: readonly { readonly name?: (string | null); readonly enabled?: boolean; readonly when?: { readonly models?: (readonly string[] | null); readonly formats?: (readonly ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank")[] | null); readonly bytes_min?: (string | null); readonly bytes_max?: (string | null); readonly tools?: (boolean | null); readonly images?: (boolean | null); readonly stream?: (boolean | null); readonly headers?: Readonly<Record<string, string>>; readonly labels?: (readonly string[] | null); readonly hours?: (string | null); readonly days?: (readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | null); readonly zone?: string }; readonly do?: { readonly model?: (string | null); readonly channels?: (readonly string[] | null); readonly parameters?: Readonly<Record<string, (string | null)>>; readonly refuse?: (string | null) } }[]; readonly limits?: { readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null) } }
    'GroupChanges': { readonly multiplier?: string; readonly cache_breakpoints?: boolean; readonly cache_ttl?: ("5m" | "1h" | null); readonly strategy?: ("weighted" | "least_busy" | "lowest_latency" | "lowest_cost" | "cache_affinity"); readonly hedge_after?: (string | null); readonly rules?: readonly { readonly name?: (string | null); readonly enabled?: boolean; readonly when?: { readonly models?: (readonly string[] | null); readonly formats?: (readonly ("openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "openai-embeddings" | "openai-images" | "openai-audio" | "openai-moderations" | "rerank")[] | null); readonly bytes_min?: (string | null); readonly bytes_max?: (string | null); readonly tools?: (boolean | null); readonly images?: (boolean | null); readonly stream?: (boolean | null); readonly headers?: Readonly<Record<string, string>>; readonly labels?: (readonly string[] | null); readonly hours?: (string | null); readonly days?: (readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | null); readonly zone?: string }; readonly do?: { readonly model?: (string | null); readonly channels?: (readonly string[] | null); readonly parameters?: Readonly<Record<string, (string | null)>>; readonly refuse?: (string | null) } }[]; readonly limits?: { readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null) }; readonly version?: number }
    'RulesTried': { readonly group: string; readonly at: string; readonly counts: ({ readonly index: number; readonly name: string } | null); readonly rules: readonly { readonly name: string; readonly enabled: boolean; readonly holds: (boolean | null); readonly conditions: readonly { readonly condition: string; readonly holds: (boolean | null) }[] }[] }
    'Alias': { readonly id: string; readonly model: string; readonly source: ("file" | "environment" | "implied" | "api"); readonly version: (number | null); readonly created_at: (string | null); readonly updated_at: (string | null); readonly updated_by: (string | null) }
    'NewAlias': { readonly id: string; readonly model: string }
    'AliasChanges': { readonly model?: string; readonly version?: number }
    'RetiredName': { readonly id: string; readonly successor: string; readonly source: ("file" | "environment" | "implied" | "api"); readonly version: (number | null); readonly created_at: (string | null); readonly updated_at: (string | null); readonly updated_by: (string | null) }
    'NewRetiredName': { readonly id: string; readonly successor: string }
    'RetiredNameChanges': { readonly successor?: string; readonly version?: number }
    'Reloaded': { readonly file: (string | null); readonly changed: readonly string[]; readonly needs_restart: readonly string[]; readonly warnings: readonly string[] }
    'AlertEvent': { readonly id: string; readonly rule_id: string; readonly rule_name: string; readonly kind: string; readonly subject: string; readonly summary: string; readonly value: (string | null); readonly threshold: (string | null); readonly open: boolean; readonly fired_at: string; readonly resolved_at: (string | null); readonly acknowledged_at: (string | null); readonly acknowledged_by: (string | null); readonly told: ("nothing" | "fired" | "resolved"); readonly next_attempt_at: (string | null); readonly failure: (string | null) }
    'AlertWithSecret': { readonly id: string; readonly name: string; readonly kind: string; readonly condition: { readonly provider?: string; readonly model?: string; readonly user_id?: string; readonly percent?: number; readonly window?: string; readonly requests_min?: number; readonly amount_usd?: string; readonly of?: ("charged" | "provider_cost") }; readonly enabled: boolean; readonly webhook_url: (string | null); readonly emails: readonly string[]; readonly created_at: string; readonly created_by: string; readonly updated_at: string; readonly secret?: string }
    'NewAlert': { readonly name: string; readonly kind: ("provider_paused" | "provider_unhealthy" | "error_rate" | "balance_low" | "spend_above" | "ledger_fault"); readonly condition?: components['schemas']['NewAlertCondition']; readonly enabled?: boolean; readonly webhook_url?: (string | null); readonly emails?: (readonly string[] | null) }
    'NewAlertCondition': { readonly provider?: (string | null); readonly model?: (string | null); readonly user_id?: (string | null); readonly percent?: number; readonly window?: (string | number); readonly requests_min?: number; readonly amount_usd?: string; readonly of?: ("charged" | "provider_cost") }
    'Alert': { readonly id: string; readonly name: string; readonly kind: string; readonly condition: { readonly provider?: string; readonly model?: string; readonly user_id?: string; readonly percent?: number; readonly window?: string; readonly requests_min?: number; readonly amount_usd?: string; readonly of?: ("charged" | "provider_cost") }; readonly enabled: boolean; readonly webhook_url: (string | null); readonly emails: readonly string[]; readonly created_at: string; readonly created_by: string; readonly updated_at: string }
    'AlertChanges': { readonly name?: string; readonly condition?: (components['schemas']['NewAlertCondition']); readonly enabled?: boolean; readonly webhook_url?: (string | null); readonly emails?: (readonly string[] | null); readonly rotate_secret?: true }
    'AlertTest': { readonly webhook: ({ readonly ok: boolean; readonly error: (string | null) } | null); readonly mail: ({ readonly ok: boolean; readonly error: (string | null) } | null) }
    'Limit': { readonly kind: ("address" | "every_key" | "every_user" | "every_project" | "model" | "group" | "plan" | "project" | "key"); readonly id: (string | null); readonly name: (string | null); readonly user_id: (string | null); readonly rpm: (number | null); readonly tpm: (number | null); readonly itpm: (number | null); readonly otpm: (number | null); readonly concurrency: (number | null); readonly budgets: readonly { readonly window: ("total" | "5h" | "day" | "week" | "month"); readonly limit_usd: string; readonly spent_usd: (string | null); readonly held_usd: (string | null); readonly resets_at: (string | null) }[] }
    'System': { readonly version: string; readonly time: string; readonly started_at: string; readonly uptime_seconds: number; readonly runtime: string; readonly memory_bytes: number; readonly requests_open: number; readonly replicas: readonly { readonly id: string; readonly host: string; readonly version: string; readonly started_at: string; readonly seen_at: string; readonly self: boolean }[]; readonly database: { readonly kind: ("sqlite" | "postgres"); readonly size_bytes: number; readonly fault: (string | null); readonly queued: number; readonly saturated: boolean; readonly receipts_uncounted: number; readonly holds_open: number; readonly migrations: readonly { readonly number: number; readonly name: string; readonly applied_at: string }[] }; readonly redis: ({ readonly down: boolean; readonly on_outage: ("local" | "refuse"); readonly replicas: number; readonly decided_alone: number; readonly places: number } | null); readonly limits: { readonly subjects: number; readonly leases: number; readonly evicted_early: number }; readonly provider_keys: { readonly storable: boolean }; readonly configuration: { readonly file: (string | null); readonly warnings: readonly string[] } }
    'NewMyKey': { readonly name: string; readonly group?: (string | null); readonly project_id?: (string | null); readonly models?: (readonly string[] | null); readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null); readonly budget_usd?: string; readonly budgets?: { readonly '5h'?: string; readonly day?: string; readonly week?: string; readonly month?: string }; readonly expires_at?: string; readonly ip_allow?: (readonly string[] | null); readonly scopes?: (readonly ("generate" | "embed" | "models" | "receipts" | "account" | "pass-through")[] | null) }
    'MyKeyChanges': { readonly models?: (readonly string[] | null); readonly rpm?: (number | null); readonly tpm?: (number | null); readonly itpm?: (number | null); readonly otpm?: (number | null); readonly concurrency?: (number | null); readonly budget_usd?: string; readonly budgets?: { readonly '5h'?: string; readonly day?: string; readonly week?: string; readonly month?: string }; readonly expires_at?: string; readonly ip_allow?: (readonly string[] | null); readonly name?: string }
    'NewMyProject': { readonly name: string; readonly budget_usd?: string; readonly budgets?: { readonly '5h'?: string; readonly day?: string; readonly week?: string; readonly month?: string } }
    'MyModels': { readonly pricing_unit: "usd_per_million_tokens"; readonly data: readonly { readonly id: string; readonly aliases: readonly string[]; readonly display_name: string; readonly provider: string; readonly type: ("chat" | "completion" | "embedding" | "image" | "audio" | "rerank" | "moderation"); readonly context_window: (number | null); readonly max_output_tokens: (number | null); readonly capabilities: readonly string[]; readonly pricing: (Readonly<Record<string, unknown>> | null); readonly own_pricing: readonly { readonly group: string; readonly pricing: (Readonly<Record<string, unknown>> | null) }[] }[]; readonly next_cursor: null }
    'AccountPosting': { readonly at: string; readonly kind: string; readonly request_id: (string | null); readonly amount_usd: string; readonly balance_usd: string; readonly reason: (string | null) }
    'Invoice': { readonly month: string; readonly state: ("open" | "preliminary" | "final"); readonly opening_usd: string; readonly charges_usd: string; readonly others_usd: string; readonly closing_usd: string; readonly pdf: (string | null) }
    'Explanation': { readonly object: "explanation"; readonly request_id: string; readonly would_refuse: ({ readonly step: ("authenticate" | "read" | "recall" | "direct" | "choose" | "admit" | "attempt"); readonly status: number; readonly error: { readonly kind: string; readonly code: string; readonly message: string; readonly param: (string | null); readonly retry_after_s: (number | null) } } | null); readonly operation: { readonly path: string; readonly guessed: boolean; readonly format: string; readonly action: string; readonly stream: (boolean | null) }; readonly model: { readonly requested: (string | null); readonly served: (string | null); readonly names: readonly { readonly name: string; readonly means: ("id" | "alias" | "dated" | "provider" | "retired" | "unknown"); readonly model: (string | null); readonly upstream_name: (string | null) }[] }; readonly rule: ({ readonly name: string; readonly model: (string | null); readonly channels: (readonly string[] | null); readonly parameters: Readonly<Record<string, unknown>>; readonly refuse: (string | null) } | null); readonly group: string; readonly strategy: string; readonly hedge_after_ms: (number | null); readonly conversation: ({ readonly channel: string; readonly key: string } | null); readonly first: ({ readonly channel: string; readonly key: string; readonly why: string } | null); readonly candidates: readonly { readonly channel: string; readonly provider: string; readonly priority: number; readonly weight: number; readonly why: string; readonly requested_as: string; readonly model: string; readonly upstream_model: string; readonly upstream_format: string; readonly keys: readonly { readonly id: string; readonly standing: ("ready" | "probe" | "blocked"); readonly blocks: readonly { readonly subject: string; readonly kind: string; readonly reason: string; readonly since: string; readonly until: (string | null) }[] }[]; readonly quote: ({ readonly amount_usd: string; readonly input_tokens_estimated: number; readonly output_tokens_max: number } | null); readonly prices: (Readonly<Record<string, (string | null)>> | null); readonly multipliers: (Readonly<Record<string, string>> | null); readonly sent: ({ readonly kind: ("sent" | "answered_here" | "refused"); readonly method?: string; readonly path?: string; readonly url?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly body_bytes?: number; readonly body_encoding?: ("utf-8" | "base64"); readonly body_cut?: boolean; readonly losses?: readonly { readonly pointer: string; readonly code: string }[]; readonly status?: number; readonly error?: { readonly kind: string; readonly code: string; readonly message: string; readonly param: (string | null); readonly retry_after_s: (number | null) } } | null) }[]; readonly left_out: readonly { readonly channel: string; readonly provider: string; readonly model: string; readonly why: string }[]; readonly quote: ({ readonly amount_usd: string; readonly input_tokens_estimated: number; readonly output_tokens_max: number } | null); readonly limits: readonly { readonly measure: ("requests" | "tokens" | "input_tokens" | "output_tokens"); readonly limit: number; readonly remaining: number; readonly needed: number; readonly resets_at: string }[]; readonly funds: ({ readonly covers: boolean; readonly available_usd: (string | null); readonly budgets: readonly { readonly of: ("key" | "project"); readonly window: string; readonly limit_usd: string; readonly spent_usd: (string | null); readonly held_usd: (string | null) }[] } | null) }
  }
}
