locals {
  charts = [
    { title = "Submissions by what became of them", filter = local.metric_filters["submissions"], aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.event"] },
    { title = "Requests by function", filter = local.run.requests, aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
    { title = "5xx by function", filter = "${local.run.requests} AND metric.label.response_code_class=\"5xx\"", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
    { title = "Latency of requests, p99 (ms)", filter = local.run.latencies, aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX", by = ["resource.label.service_name"] },
    { title = "Time of a stage, p99 (ms)", filter = local.metric_filters["stage_ms"], aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX", by = ["metric.label.stage"] },
    { title = "Stages by status", filter = local.metric_filters["stages"], aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.stage", "metric.label.status"] },
    { title = "Failures by kind", filter = local.metric_filters["failures"], aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.event", "metric.label.kind"] },
    { title = "Drafts filed", filter = local.metric_filters["drafts_filed"], aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.tenant"] },
    { title = "Drafts rejected", filter = local.metric_filters["drafts_rejected"], aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.tenant"] },
    { title = "Jobs held", filter = local.metric_filters["held"], aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.stage"] },
    { title = "Dead letters", filter = local.metric_filters["dead_letters"], aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.stage"] },
    { title = "Stuck jobs", filter = local.metric_filters["stuck"], aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.stage", "metric.label.outcome"] },
    { title = "Tasks waiting by queue", filter = "resource.type=\"cloud_tasks_queue\" AND metric.type=\"cloudtasks.googleapis.com/queue/depth\"", aligner = "ALIGN_MAX", reducer = "REDUCE_SUM", by = ["resource.label.queue_id"] },
    { title = "Oldest message not taken (s)", filter = "resource.type=\"pubsub_subscription\" AND metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"", aligner = "ALIGN_MAX", reducer = "REDUCE_MAX", by = ["resource.label.subscription_id"] },
  ]

  # As JSON, for the two kinds of query have no type in common.
  drawn = [
    for chart in local.charts : { title = chart.title, query = jsonencode({
      timeSeriesFilter = {
        filter = chart.filter
        aggregation = {
          alignmentPeriod    = "300s"
          perSeriesAligner   = chart.aligner
          crossSeriesReducer = chart.reducer
          groupByFields      = chart.by
        }
      }
    }) }
  ]
  asked = [
    { title = "Tokens that the model read in 24 hours", query = jsonencode({ prometheusQuery = local.token_sums["tokens_in"] }) },
    { title = "Tokens that the model wrote in 24 hours", query = jsonencode({ prometheusQuery = local.token_sums["tokens_out"] }) },
  ]
}

resource "google_monitoring_dashboard" "whisper" {
  project = var.project
  dashboard_json = jsonencode({
    displayName = "whisper ${var.environment}"
    mosaicLayout = {
      columns = 48
      tiles = [
        for number, chart in concat(local.drawn, local.asked) : {
          xPos   = number % 3 * 16
          yPos   = floor(number / 3) * 12
          width  = 16
          height = 12
          widget = {
            title   = chart.title
            xyChart = { dataSets = [{ plotType = "LINE", targetAxis = "Y1", timeSeriesQuery = jsondecode(chart.query) }] }
          }
        }
      ]
    }
  })

  depends_on = [google_project_service.used]
}
