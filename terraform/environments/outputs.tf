output "receive_hubspot_url" {
  value = module.whisper.receive_hubspot_url
}

output "secrets" {
  value = module.whisper.secrets
}

output "functions" {
  value = module.whisper.functions
}

output "settings" {
  value = module.whisper.settings
}

output "control_documents" {
  value = module.whisper.control_documents
}

output "api_url" {
  value = module.whisper.api_url
}
